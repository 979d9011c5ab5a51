"""Abbreviations of English news and what may follow them, as sets of words in lower case without the final point."""

from __future__ import annotations

from .wordlists import listed

NEVER_LAST = listed("""
    mr mrs ms mx dr drs prof profs sen sens rep reps gov govs gen gens lt col cols sgt maj capt cpl pvt cmdr adm
    brig supt insp det messrs rev revs hon pres vs v fr st ald atty asst assoc amb cong lt.gov sec e.g i.e cf
    viz mt
    """)
"""Titles and the like: a name or a number follows, so a point after them ends no sentence."""

SOMETIMES_LAST = listed("""
    inc corp co cos ltd llc plc bros ft jr sr esq ph.d etc dept div est govt approx ave blvd rd bldg hwy ala
    ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa
    tenn tex vt va wash wis wyo n.h n.j n.m n.y n.c n.d s.c s.d r.i w.va d.c ont que alta u.s u.k u.n e.u u.s.a
    """)
"""These end a sentence where a word follows that often begins one."""

BEFORE_NUMBER = listed("No no Nos nos Art art Fig fig Vol vol p pp Res H.Res S.Res H.R")
"""These end a sentence unless a number follows; here case tells the initial "P." from the page "p."."""

MONTHS = listed("jan feb mar apr jun jul aug sep sept oct nov dec")

SENTENCE_STARTERS = listed("""
    The A An This That These Those He She It They We You I His Her Its Their Our My Your In On At By For From
    With Without Within To Of As If When While Where After Before Since Until During Despite Under Over But And
    Or So Yet However Meanwhile Moreover Still Also Then There Here Now Not No Nor Both Many Most Some Several
    Such Other Others Another Each Every All Any One Two Three More Earlier Later Last Next Once Only What Why
    How Who Which Whether Although Though Because Even According Asked Instead Among Amid Between Against About
    Around Officials Police
    """)

TIME_FOLLOWERS = listed("""
    ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT BST UTC CET CEST Eastern Central Pacific Mountain Monday
    Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thurs Fri Sat Sun January February
    March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept
    Oct Nov Dec
    """)
