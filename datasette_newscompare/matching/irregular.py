"""Words that endings do not bring together."""

from __future__ import annotations

from ..text.wordlists import listed

_FORMS = """
say said|tell told|take took taken|give gave given|go went gone|come came|make made|get got gotten|know knew known|
think thought|see saw seen|find found|hold held|lead led|leave left|lose lost|meet met|pay paid|send sent|seek sought|
sell sold|spend spent|speak spoke spoken|begin began begun|buy bought|bring brought|build built|choose chose chosen|
fall fell fallen|fight fought|grow grew grown|hear heard|keep kept|rise rose risen|run ran|shoot shot|stand stood|
strike struck|teach taught|throw threw thrown|win won|withdraw withdrew withdrawn|write wrote written|
break broke broken|draw drew drawn|drive drove driven|fly flew flown|steal stole stolen|swear swore sworn|
die died dying dead death deaths|kill killed killing|man men|woman women|child children|person people|
feel felt|mean meant|catch caught|deal dealt|flee fled|hide hid hidden|ride rode ridden|shake shook shaken|
sink sank sunk|slay slew slain|stick stuck|wear wore worn|weigh weight|grow growth|lie lay lain|
television tv televised telly|percent percentage pct|billion bn|million mn|trillion tn|
senator sen senators|representative rep reps|governor gov|congress congressional|president presidential presidency|
minister ministerial ministry|terror terrorist terrorists terrorism|legal legally|prosecute prosecutor prosecutors|
u.s. usa american americans america|u.k. british britain|u.n. un|e.u. eu european|russia russian russians|
ukraine ukrainian ukrainians|china chinese|france french|germany german germans|israel israeli israelis|
palestine palestinian palestinians|iran iranian iranians|iraq iraqi iraqis|syria syrian syrians|
mexico mexican mexicans|japan japanese|turkey turkish|saudi saudis|spain spanish|italy italian|korea korean koreans|
cuba cuban cubans|india indian indians|pakistan pakistani|afghanistan afghan afghans|egypt egyptian|libya libyan|
monday mon|tuesday tue tues|wednesday wed|thursday thu thurs|friday fri|saturday sat|sunday sun|
january jan|february feb|august aug|september sept|october oct|november nov|december dec
"""

SAME_WORD = {form: group.split()[0] for group in _FORMS.split("|") for form in group.split()}
"""Form to the form that stands for it: past tenses, plurals, countries and who is of them, short forms."""

_WRITTEN_OUT = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
NUMBERS = {word: str(value) for value, word in enumerate(_WRITTEN_OUT.split(), start=2)}
"""Numbers that are written out, in figures; "one" is left out, for it is more often a pronoun."""

NEGATIONS = listed(
    "not no never none nobody nothing neither nor without cannot deny denied denies refuse refused refuses fail failed "
    "fails reject rejected rejects false untrue unlikely"
)
"""Plain forms whose presence on one side only turns what is said."""
