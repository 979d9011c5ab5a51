"""Verbs that report speech, titles that go before names, and capitalised words that are no names."""

from __future__ import annotations

from .wordlists import listed

_PAST = listed("""
    said told asked added wrote tweeted stated announced argued insisted warned claimed explained noted
    continued declared called replied responded testified asserted acknowledged conceded admitted denied
    commented remarked recalled concluded described suggested joked quipped shouted vowed pledged promised
    criticized criticised blasted slammed dismissed praised complained expressed urged demanded accused
    predicted alleged contended maintained observed stressed emphasized emphasised confirmed revealed cautioned
    thought believed agreed decried denounced condemned lamented labeled labelled dubbed boasted bragged
    countered retorted snapped exclaimed chanted mused opined proclaimed quoted posted questioned likened
    scolded hailed mocked sang cheered fumed ripped defended thanked apologized apologised clarified reiterated
    repeated
    """)
_PRESENT = listed("""
    says tells asks adds writes tweets states argues insists warns claims explains notes continues calls replies
    responds describes suggests believes thinks concludes reads acknowledges admits denies recalls predicts
    """)
_PARTICIPLE = listed("""
    saying telling asking adding writing tweeting stating arguing insisting warning claiming explaining noting
    declaring calling responding testifying asserting describing suggesting urging accusing promising vowing
    """)
_PHRASES = ["went on", "put it", "goes on", "pointed out", "points out", "referred to"]

CUES = "|".join(sorted(sorted({*_PAST, *_PRESENT, *_PARTICIPLE, *_PHRASES, "say"}), key=len, reverse=True))
"""A regular expression's alternatives, the longest first."""

PARTICIPLES = _PARTICIPLE
"""Cues whose subject stands elsewhere in the sentence."""

TITLES = listed(
    """
    president prime minister secretary senator representative governor mayor chief spokesman spokeswoman
    spokesperson director attorney general chairman chairwoman chair king queen prince princess pope judge
    justice foreign defense defence deputy vice former leader majority minority house senate white kremlin state
    national security press adviser advisor ambassador commissioner congressman congresswoman officer executive
    professor sheriff police captain republican republicans democrat democratic democrats gop rep reps sen sens
    gov gen mr mrs ms dr lt col sgt capt prof rev sir lord u.s us uk eu british american russian ukrainian
    chinese french german israeli iranian the homeland finance treasury interior department health speaker first
    lady whip co-founder founder ceo political european council commission union staff counsel special assistant
    united nations oversight presidential nominee candidate top committee
    """
)
"""Words of titles, in lower case: a name begins after them."""

NEVER_NAMES = listed(
    """
    i he she they it we you the this that these those his her their its our my your in on at as but and or so if
    when while after before since there here what who how why yes no not according asked speaking monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september
    october november december earlier later last meanwhile however still also then now instead for from with by
    to of an a one two both many some most all another other others such each every any even just only over
    under during despite although though because once until about twitter facebook instagram reporters tv more
    associated
    """
)
"""Capitalised words, in lower case, that are no part of a speaker's name."""

CALENDAR = listed("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december
    """)
"""Words that begin with a capital and name a day or a month."""
