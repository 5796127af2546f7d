"""The words that both grammars share: how a command starts, what it leaves aside, control markup.

All of it is matched against `plain` text.
"""

from typing import Final

START: Final = (
    r"(?:^\W*|(?<=\w\w\w\.)\s|(?<=\d\.)\s|(?<=\"\.)\s|[:;!?(\[\]*#>…]|\"(?=\s)|\s-)\s*(?:\W\s)?"
)
"""Where a clause may begin with its verb; not after the stop of an initial ("U.S. state")."""

SOFTENERS: Final = (
    r"(?:(?:and|then|also|so|but|now|next|first|ok|okay|please|kindly|always|never|only|just|simply"
    r"|instead|again|silently|therefore|do not|don't|(?:do|can|could|would|will) you"
    r"|i'd like you to|i (?:want|need|order|command|ask|beg|would like) you to|let's|let us"
    r"|your (?:task|job) is to|(?:you|we) (?:must|should|shall|will|are to|have to|need to|can|may"
    r"|ought to)(?: not)?|be sure to|make sure (?:to|that you|you)|remember to|be so kind as to"
    r"|go ahead and|try to|it is (?:\w+ ){1,2}to|feel free to|the (?:assistant|system"
    r"|model) (?:must|should|shall|will))[,\s]+){0,4}"
)
"""What may stand between the start of a clause and the verb of a command."""

CLAUSE: Final = START + SOFTENERS

LEAVE: Final = (
    r"(?:ignore|disregard|forget(?: about)?|override|overrule|bypass|set aside|put aside"
    r"|leave aside|lay aside|cast aside|overlook|discard|skip|drop|suspend|pay no (?:attention"
    r"|heed) to|turn off|switch off|disable|delete|throw (?:out|away)|(?:do not|don't|never"
    r"|without) (?:use|using|follow|obey|trust|rely on|read|consult|look at|stick to|bother with)"
    r"|stop (?:using|following|obeying|reading|relying on)|disobey|abandon)"
)
_OTHERS = (
    r"(?:(?:all|any|every|each|of|the|your|my|our|these|those|this|that|other|previous|prior"
    r"|earlier|above|preceding|foregoing|former|remaining|rest|existing|original|initial|system"
    r"|hidden|safety|news|provided|given|retrieved|usual|and|own)[,\s]+){0,8}"
)
SETTING: Final = (
    r"(?:(?:retrieved|provided|given|remaining|other) (?:text|material|results|pages?)"
    r"|instructions?|prompts?|articles?|sources?|passages?|sentences|evidence|rules?|guidelines?"
    r"|guardrails?|filters?|safeguards?|documents?|context|directions?|directives?|restrictions?"
    r"|constraints?|citations?|corpus|collection|polic(?:y|ies)|programming|training|orders"
    r"|system message|(?:text|everything|anything|all|whatever|messages?)(?: that (?:is|stands"
    r"|was written))? (?:above|before this)|(?:what|everything|anything|all"
    r"|whatever)(?: that)? (?:you (?:were|have been|'ve been|are)|you've been"
    r"|the (?:\w+ )?(?:articles?|others?|sources?|rules?|developers?|news|papers?|evidence|texts?)"
    r"|your))\b"
)
"""What a machine works by: its rules and its articles."""

FOREIGN_OVERRIDE: Final = (
    r"(?:(?:ignorier\w*|vergiss|vergesst|vergessen sie|missachte\w*)\b[^.?]{0,40}?"
    r"\b(?:anweisung|instruktion|regel|vorgabe|artikel|befehl|prompt)"
    r"|(?:ignore[rz]?|oublie[rz]?|ne (?:tiens|tenez) pas compte)\b[^.?]{0,40}?"
    r"\b(?:instructions?|consignes?|règles?|directives?|articles)\b"
    r"|(?:ignor[ae]n?|olvid[ae]n?|omit[ae]n?|ha[zg]an? caso omiso)\b[^.?]{0,40}?"
    r"\b(?:instrucciones|reglas|artículos|órdenes|indicaciones)\b"
    r"|(?:про)?(?:игнорируй|забудь|не обращай)\w*\b[^.?]{0,40}?"
    r"\b(?:инструкци|указани|правил|стат(?:ьи|ей|ью)|команд)"
    r"|(?:про)?(?:ігноруй|забудь|не зважай|не звертай)\w*\b[^.?]{0,40}?"
    r"\b(?:інструкці|вказів|правил|стат(?:ті|ей|тю)|команд))"
)
"""German, French, Spanish, Russian and Ukrainian for "ignore the instructions"."""

OVERRIDE: Final = (
    rf"(?:(?:set|put|leave|lay|cast|push|shut|turn|switch) {_OTHERS}{SETTING} (?:aside|off|away"
    rf"|out)\b|{LEAVE}\s+{_OTHERS}{SETTING}(?! (?:of impeachment|on|about|from|in the)\b)"
    rf"|{FOREIGN_OVERRIDE})"
)

MARKUP: Final = (
    r"(?:<\|[^|>]{1,40}\|>|\[/?inst\]|<</?sys>>|={3,9} ?(?:system|user|assistant)\b"
    r"|<(?:start|end)_of_turn>|\bend of (?:the )?(?:articles?|evidence|context|prompt"
    r"|sentences)\b\W*(?:\.|$|[-=*#:])"
    r"|</?(?:s|system|user|assistant|evidence|articles?|context|documents?|instructions?|prompt"
    r"|question|sentences|passages?|sources?)(?:\s[^>]{0,200})?/?>"
    r"|(?<!#)#{2,6} ?(?:\w+ )?(?:system|user|human|assistant|instructions?|response|prompt|input)\b"
    r"|^\W*(?:system|assistant|human|developer)(?: (?:message|prompt|note|override|mode))?\s*:"
    r"|<(?:script|img|iframe|svg|style|form|input|link|object|embed|meta|a)\b[^>]{0,300}(?:>|$)"
    r"|!\[[^\]]{0,200}\]\s*\(|\bjavascript:\w|\bdata:(?:text|image)/"
    r"|(?<![-=*#<\[])[-=*#<\[]{2,40} ?(?:begin|end|start)(?: of)?(?: the)? (?:system|user|prompt"
    r"|instructions?|context|articles?|evidence|documents?|sentences|input)\b)"
)
"""Tokens, tags and role labels that a chat template or a page would act on."""
