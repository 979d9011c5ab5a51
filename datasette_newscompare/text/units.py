"""What follows or precedes a number and tells its kind: currencies, units, nouns that are counted, names."""

from __future__ import annotations

import re

from .wordlists import listed

CURRENCY_BEFORE = re.compile(
    r"((?:US|U\.S\.|CAN?|C|AU?|NZ|HK|S|R)?[$]|[£€¥₹₽₴₩₪]|\b(?:USD|EUR|GBP|CAD|AUD|JPY|CNY|CHF|RUB|UAH|INR|HKD|SGD|"
    r"NZD|BRL|MXN|KRW|SEK|NOK|DKK|PLN|TRY|ZAR))[ ]?\Z"
)
CURRENCY_WORDS: dict[str, tuple[str, float]] = {
    "dollars": ("USD", 1),
    "dollar": ("USD", 1),
    "cents": ("USD", 0.01),
    "cent": ("USD", 0.01),
    "euros": ("EUR", 1),
    "euro": ("EUR", 1),
    "pounds sterling": ("GBP", 1),
    "pence": ("GBP", 0.01),
    "yuan": ("CNY", 1),
    "renminbi": ("CNY", 1),
    "yen": ("JPY", 1),
    "rubles": ("RUB", 1),
    "roubles": ("RUB", 1),
    "rupees": ("INR", 1),
    "pesos": ("MXN", 1),
    "francs": ("CHF", 1),
    "won": ("KRW", 1),
    "lira": ("TRY", 1),
    "shekels": ("ILS", 1),
    "hryvnias": ("UAH", 1),
    "hryvnia": ("UAH", 1),
    "usd": ("USD", 1),
    "eur": ("EUR", 1),
    "gbp": ("GBP", 1),
}

DURATIONS = {
    form: unit
    for unit in ("second", "minute", "hour", "day", "week", "month", "year", "decade")
    for form in (unit, unit + "s")
} | {"century": "century", "centuries": "century", "mins": "minute", "hrs": "hour", "secs": "second", "yrs": "year"}

MEASURES = {
    "km": "km", "kms": "km", "kilometers": "km", "kilometres": "km", "kilometer": "km", "kilometre": "km",
    "miles": "mi", "mile": "mi", "meters": "m", "metres": "m", "meter": "m", "metre": "m",
    "feet": "ft", "foot": "ft", "ft": "ft", "inches": "in", "inch": "in", "yards": "yd", "yard": "yd",
    "centimeters": "cm", "centimetres": "cm", "cm": "cm", "millimeters": "mm", "millimetres": "mm", "mm": "mm",
    "kg": "kg", "kilograms": "kg", "kilogrammes": "kg", "kilos": "kg", "grams": "g", "pounds": "lb", "pound": "lb",
    "lbs": "lb", "ounces": "oz", "ounce": "oz", "tons": "t", "ton": "t", "tonnes": "t", "tonne": "t",
    "square miles": "sq mi", "square kilometers": "sq km", "square kilometres": "sq km", "square feet": "sq ft",
    "square meters": "sq m", "square metres": "sq m", "acres": "acre", "acre": "acre", "hectares": "ha",
    "liters": "l", "litres": "l", "gallons": "gal", "gallon": "gal", "barrels": "bbl", "barrel": "bbl",
    "degrees": "degree", "degree": "degree", "mph": "mph", "kph": "km/h", "km/h": "km/h", "knots": "knot",
    "megawatts": "MW", "megawatt": "MW", "gigawatts": "GW", "MW": "MW", "GW": "GW", "kilowatts": "kW",
    "kilotons": "kt", "megabytes": "MB", "gigabytes": "GB", "terabytes": "TB",
}  # fmt: skip

COUNTED_STATES = listed("dead wounded injured killed missing hospitalized hospitalised arrested ill infected")
"""Words that stand in the noun's place in reports: "12 dead"."""

IRREGULAR_PLURALS = {
    "people": "person", "persons": "person", "men": "man", "women": "woman", "children": "child", "police": "police",
    "troops": "soldier", "soldiers": "soldier", "lives": "life", "wives": "wife", "congressmen": "congressman",
    "congresswomen": "congresswoman", "policemen": "policeman", "servicemen": "serviceman", "personnel": "personnel",
    "staff": "staff", "media": "media", "criteria": "criterion", "countries": "country", "aircraft": "aircraft",
    "clergy": "clergy", "cattle": "cattle", "sheep": "sheep", "fish": "fish", "crew": "crew", "teeth": "tooth",
    "percent": "percent", "gunmen": "gunman", "firemen": "fireman", "businessmen": "businessman", "kids": "child",
    "gop": "republican", "series": "series", "species": "species", "buses": "bus", "viruses": "virus",
    "crises": "crisis", "analyses": "analysis", "lawmakers": "lawmaker",
}  # fmt: skip

NOT_PLURAL = listed("""
    says was does has its his this thus yes news always perhaps less across besides towards various previous
    serious religious politics economics series species means goes gets makes takes comes gives wants needs
    calls remains includes shows becomes seems appears looks runs holds stands leads happens begins whose these
    those plus texas kansas arkansas illinois massachusetts paris james charles thomas williams
    jones davis is as us business process access campus bonus virus census congress
    """)

COUNT_STOP = listed("""
    the a an and or but nor of in on at by for to from with as into over after before than that which who whom
    whose when where while if is are was were be been being am has have had do does did will would could should
    may might can must not it he she they we you i his her its their our this these those there then said says
    told per according between among during since until against under about because so also only out up down off
    """)
"""Words over which the search for the counted noun does not go."""

NAMED_BEFORE = listed("""
    the a an in on at by for from with of to and or but as since until after before about around over under some
    nearly almost only just all another those these this that his her its their our he she it they we you i when
    while if there at least more than fewer less up no between among during police officials officers
    authorities last next first least most another other
    """)
"""Capitalised words that may begin a sentence right before a number without making it part of a name."""
