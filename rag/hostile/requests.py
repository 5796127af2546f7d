"""What a user typed: a question about the articles, or an order about the program.

Enters: the text. Leaves: its kind. An order beside an honest question is still an order. How long
an answer shall be, in which form or language, is no order about the program: "in one sentence",
"as a list", "only the number" pass, and so do hypotheses and what a user claims to know.
"""

import re
from enum import StrEnum
from typing import Final

from rag.hostile.plain import plain, windows, without_quotations
from rag.hostile.words import CLAUSE, LEAVE, MARKUP, OVERRIDE


class Request(StrEnum):
    """What a user asks for; only a question is answered."""

    QUESTION = "question"  # and every request for what the articles say
    MARKUP = "markup"  # control tokens, or HTML and links to be emitted
    OVERRIDE = "override"  # leave the articles or the rules aside
    DISCLOSURE = "disclosure"  # the prompt, hidden instructions
    ROLE = "role"  # be somebody or something else
    DICTATION = "dictation"  # say these words, cite that number
    COMPOSITION = "composition"  # a poem, a speech, a script
    HARM = "harm"  # help to hurt people or to attack machines


def kind_of_request(question: str) -> Request:
    """The first kind, in the order of the enum, of which the text holds an order."""
    text = plain(question)
    said = without_quotations(text)
    found = (
        kind
        for kind, pattern in _PATTERNS.items()
        if any(map(pattern.search, windows(text if kind is Request.MARKUP else said)))
    )
    return next(found, Request.QUESTION)


def is_unsafe(question: str) -> bool:
    """Whether what a user typed gives an order about the program: refuse it as `unsafe`."""
    return kind_of_request(question) is not Request.QUESTION


_ORDER: Final = (
    rf"(?:{CLAUSE}|(?:,\s*|\b(?:and|then) )(?:(?:and|then|but|please|instead|just) ){0, 2}"
    r"(?=[^?]{0,200}(?:[.!;:]|$)))"
)
"""Before a verb: a later command hangs on a comma or an "and", unless the text goes on to ask."""

_SAY = r"(?:say|answer|reply|respond|state|write|output|print|type|return|emit|repeat)"
_YOUR_REPLY = (
    r"(?:your|each|every|all|any|the) (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|output|message)"
)

_EMIT = (
    rf"{CLAUSE}(?:insert|add|include|embed|render|append|emit|output|show|print|attach|put|write)\b"
    r"[^.?]{0,80}(?:https?:|\bwww\b|\b(?:html|markdown|iframe|javascript|script tag|img tag"
    r"|tracking pixel)\b)"
    r"|\b(?:new|updated|revised|urgent|special|hidden|secret) (?:system )?(?:instructions?|orders?)"
    r"(?: (?:from|for|to|by) [^.:?]{1,40})?\s*:"
)
_OVERRIDE = (
    rf"{_ORDER}(?:{OVERRIDE}|{LEAVE} that you\b)"
    r"|\b(?:answer|reply|respond|tell (?:me|us)|use|rely on|speak|draw on"
    r"|say)\b[^.?]{0,40}\b(?:your (?:own |general |background |world |prior "
    r"|pretrained )*(?:knowledge|memory|training|imagination|weights)|what you (?:already "
    r"|yourself )*(?:know|remember|learned))\b"
    rf"|{CLAUSE}{_SAY}[^.?]{{0,60}}\bwithout (?:any |citing |using |checking |looking at |reading"
    r" |the |your )*(?:citations?|sources?|references?|evidence|articles?|checks?|rules)\b"
    r"|\b(?:no matter what|regardless of(?: what)?|whatever|even if|instead of what) (?:the|your"
    r"|any) (?:articles?|sources?|evidence|rules?|instructions?|texts?)\b(?=[^?]*(?:$|[.!;:]))"
    rf"|{CLAUSE}without (?:looking|checking|reading|searching)\b[^.?]{{0,20}}\b(?:up|it|anything"
    rf"|first)\b"
    r"|\bi (?:hereby )?(?:authori[sz]e|permit|allow|command|order) you to\b"
    r"|\b(?:rules|restrictions|instructions|guidelines|filters|limits|guardrails)\b[^.?]{0,30}"
    r"\b(?:no longer|don't|do not) (?:apply to you|bind you|hold for you)\b"
    rf"|{CLAUSE}(?:follow|obey|execute|carry out|comply with|do exactly) (?:my|this|these"
    r"|the following|what follows)\b(?: \w+)?(?: (?:orders?|commands?|instructions?))?"
)
_HIDDEN = (
    r"(?:system (?:prompt|message|instructions?)|(?:developer|initial|original|hidden|secret"
    r"|internal|pre)[ -]?prompts?|prompts?|instructions?|guidelines|rules|configuration|config"
    r"|programming|source code|api keys?|passwords?|credentials|context window|developer message"
    r"|training data|settings|template|directives)"
)
_GENERIC = (
    r"(?:(?:have to|need to|must) )?(?:follow|obey|observe|respect|keep|know)(?: \w+)?"
    r" (?:(?:in|at|on|near) (?!this|our|your|these|here|a |answers?|repl|respon|refus)|to (?:enter"
    r"|travel|visit|cross|leave|vote|drive|fly|join|apply|buy)\b)"
)
"""After "you" that is anybody: "which rules do you have to follow in Belgorod?"."""

_DISCLOSURE = (
    rf"\byour (?:(?!articles?|sources?|answers?)\w+ ){{0,3}}?{_HIDDEN}\b"
    r"|\b(?:the|any|this) (?:\w+ )?(?:system prompt|system message|developer message|initial prompt"
    r"|hidden prompt|prompt template)\b(?! (?:of|in|from|by)\b)"
    r"|\b(?:the|this) prompt(?: (?:above|you (?:were|are)|that (?:you|tells|was given to you))"
    r"|[.?!]|$)"
    rf"|{CLAUSE}(?:repeat|print|show|reveal|output|copy|display|quote|recite|give|tell|translate"
    rf"|dump"
    r"|write)\b[^.?]{0,40}\b(?:(?:everything|all|text|words?|lines?|sentences?|content|messages?)"
    r"(?: that)? (?:\w+ )?(?:above|before|precedes?|preceding)|(?:above|preceding) (?:text|lines?"
    r"|words?|messages?))\b"
    r"|\b(?:were|are|have|had) you (?:\w+ )?(?:been )?(?:\w+ )?(?:told|instructed|ordered"
    r"|programmed|configured|forbidden|prompted|trained|made) (?:to|not|never|by|with)\b"
    r"|\byou(?: are| were|'re| have been|'ve been) (?:\w+ )?(?:told|instructed|ordered|programmed"
    r"|configured|forbidden|prompted|given|hiding|concealing|withholding|keeping secret)\b"
    rf"|{_ORDER}(?:print|show|reveal|display|output|list)\b[^.?]{{0,20}}\bhidden\b"
    r"|\b(?:which|what|the|any) (?:\w+ )?(?:rules|instructions|guidelines|directives|restrictions"
    r"|prompts?)(?: that)?(?: do| have| did| were| are| must| should)? you\b"
    rf"(?! {_GENERIC})"
    r"|\b(?:are|were) you (?:hiding|concealing|withholding|keeping secret)\b"
)
_ROLE = (
    rf"{CLAUSE}be (?:an?|my|our|like) (?!bit|little)\w+|"
    r"\bas (?:if|though) you (?:were|are|had)\b|"
    rf"{CLAUSE}(?:you(?:'re| are) (?:an?|my|our) \w+|stop being)\b|"
    r"\byou(?:'re| are) (?:now|no longer|from now on|hereby)\b"
    r"|\bfrom now on,? (?:you|your|call|answer|reply|respond|say|use|speak|refer|always|every"
    r"|act)\b"
    rf"|{_ORDER}(?:pretend (?:to be|you(?:'re| are)|you have no|that you(?:'re| are))|role-?play"
    r"|act (?:as|like)|behave (?:as|like)|play (?:the )?(?:role|part|character|a game)"
    r"|impersonate|speak as|talk like|answer (?:as|like) (?:if you|though you|an?|the|\w+ (?:would"
    r"|might))|take on the (?:role|persona|identity)|imagine (?:that )?you(?:'re| are)"
    r"|simulate|(?:do|start|try|play) (?:a |some )?role-?play(?:ing)?|enter (?:\w+ )?mode"
    r"|become an?\b|stay in character)\b|\b(?:developer|debug|god|dan|admin|maintenance"
    r"|unrestricted|jailbreak|sudo|unfiltered) mode\b|\bdo anything now\b|\bjailbreak yourself\b"
    r"|\byou have no (?:rules|restrictions|limits|filters|guidelines)|\bin (?:the (?:voice"
    r"|character|persona) of|character as)\b"
)
_DICTATION = (
    rf"{_ORDER}(?:put|add|append|insert|include|use|attach) (?:the|this|these|my) (?:words?|phrase"
    rf"|string"
    r"|slogan|sentence)\b(?! (?:of|that|in which|with)\b)|"
    rf"{CLAUSE}(?:only |just )*{_SAY} (?:only |with )*(?:ok|okay|yes|no|done|true|false|understood"
    rf"|hello)"
    r"\b(?! or\b)|"
    rf"{_ORDER}{_SAY} (?:me )?(?:back )?(?:to (?:this|me|everything|anything) )?(?:only |just"
    r" |exactly |simply |with |by |always |nothing but )*(?:\"\"(?!\?)|(?:the )?(?:single |one "
    r"|following |magic |code )*(?:words?|phrases?|string|token)\b(?! (?:of|that|in|which|he|she"
    r"|they|used|for|[a-z]+ (?:used|said)|limit|count))|(?:the number |figure )?\d|five hundred\b"
    r"|\[\d)"
    rf"|{_ORDER}{_SAY}\b[^.?]{{0,60}}\band (?:nothing|not a word|no other word)"
    rf"|{CLAUSE}(?:state|say|claim|declare|assert|announce|insist|maintain|affirm|proclaim|write"
    r"|(?:answer|reply|respond|output)(?: to \w+)?|tell (?:me|us|everyone|the world"
    r"|readers)) that\b(?! (?:again|once))"
    rf"|{_ORDER}(?:begin|start|open|end|finish|close|preface|prefix|sign|conclude) {_YOUR_REPLY}\b"
    rf"|\byour (?:\w+ )?(?:answer|reply|response|output) (?:must|should|has to|shall|needs to|will)"
    r" (?:say|read|state|(?:start|begin|end|open|close) with|contain the|be (?:\"|\d|the word))"
    r"|\bcit(?:e|ing) (?:\w+ ){0,6}?as (?:the|your|a|its|my) (?:only )?(?:source|evidence"
    r"|reference)\b"
    rf"|{_ORDER}(?:cite|add|put|append|insert|mark|use|attach|begin|start|end|finish"
    rf"|close)\b[^.?]{{0,50}}\[\d+\]"
    r"|\b(?:repeat after me|always (?:answer|reply|respond|say) |whatever i ask)\b"
)
_A = (
    r"(?:an? |some |another |one |two |three |five |ten |\d+ |my |our |me |us |your own |fake"
    r" |new )+"
)
_COMPOSITION = (
    rf"{_ORDER}(?:make up|invent|fabricate|forge|fake) \w+|"
    rf"{_ORDER}(?:write|make|create|compose|draft|generate|produce|give me) (?:\w+ ){{0,2}}?(?:fake"
    rf"|false"
    r"|fictional|fictitious|made-up|bogus|forged)\b|"
    rf"{CLAUSE}(?:give|deliver|hold) (?:me |us )?an? (?:\w+ )?(?:speech|sermon|toast|lecture)\b|"
    rf"{_ORDER}(?:write|compose|draft|create|generate|produce|make(?: up)?|invent|prepare|code"
    rf"|craft|design|fabricate|forge|pen|come up with|build|develop) {_A}(?:(?!(?:of|about|on|for"
    rf"|from|in|that|to|and|the) )[\w'-]+ ){{0,4}}?"
    r"(?:poems?"
    r"|haikus?|limericks?|sonnets?|songs?|lyrics|raps?|odes?|speech(?:es)?|scripts?|code|programs?"
    r"|functions?|statements?|tweets?|posts?|threads?|press releases?|letters?|e-?mails?|essays?"
    r"|stor(?:y|ies)|novels?|tales?|jokes?|dialogues?|scenes?|plays?|screenplays?|slogans?|adverts?"
    r"|ads?|advertisements?|petitions?|propaganda|leaflets?|obituar(?:y|ies)|op-?eds?|columns?"
    r"|blogs?|manifestos?|sermons?|eulog(?:y|ies)|resignations?|parod(?:y|ies)|satires?|hymns?"
    r"|apps?|bots?|website|sql|quer(?:y|ies)|regex|prompts?|rumou?rs?|hoax|articles?|memes?"
    r"|fan fiction|fairy tales?|monologues?|toasts?|verses?|messages?|proclamations?)\b"
    rf"|{_ORDER}(?:write|generate|compose|produce|create|provide|make) (?:me |us |some )?(?:python"
    rf"|java\w*|bash|shell|html|code|lyrics|propaganda"
    r"|fan fiction|poetry|verses?)\b"
    r"|\b(?:(?:give|tell|sing|write|make) (?:me|us)|i(?:'d| would)? (?:need|want|like)(?: to (?:see"
    r"|hear|read))?) (?:an?|another|some|one) (?:[\w-]+ ){0,2}?(?:poem|haiku|limerick|sonnet|song"
    r"|joke|fairy tale|bedtime story|rap|ode|tweet|speech|script)\b|\b(?:as|in the form of"
    r"|in the style of|into) an? (?:\w+ )?(?:poem|haiku|limerick|sonnet|song|rap|ode|tweet"
    r"|fairy tale|sea shanty|bedtime story)\b(?=[^?]*$)|\bin (?:rhymes?|verse)\b"
)
_WEAPON = (
    r"(?:malware|virus(?:es)?|ransomware|spyware|trojans?|worms?|keyloggers?|botnets?|exploits?"
    r"|bombs?|explosives?|grenades?|molotov\w*|nerve (?:gas|agents?)|poisons?|ricin|sarin|napalm"
    r"|chemical weapons?|dirty bombs?|phishing|ddos|weapons?|detonators?|landmines?|silencers?)"
)
_ATTACK = (
    r"(?:(?:hack|break|sneak|log) into|flood|ddos|take down|knock out|crash|bring down"
    r"|knock offline|overload|poison|murder|kill|assassinate|stab|blackmail|dox|stalk|steal|launder"
    r"|smuggle|bribe|forge|counterfeit|rig|sabotage|blow up|phish)"
)
_OBJECT = (
    r"(?:(?:a lot|lots|some kind|a kind) of )?(?:(?!(?:about|after|against|and|at|before|by|for"
    r"|from|in|mentioned|near|of|on|that|to|was|were|who|with)\b)[\w'-]+ ){0,5}?"
    rf"{_WEAPON}\b(?![ -](?:shelters?|damaged|disposal|squads?|threats?|sites?|attacks?|proof"
    r"|detection|timeline|list|report|summary)\b)"
)
"""A weapon that is the very thing to be made: "build a bomb", not "build a bomb shelter"."""

_MAKE = (
    r"(?:mak|build|construct|creat|writ|assembl|mix|cook|plant|us|obtain|get|buy|prepar|cod"
    r"|generat|program|design)\w*"
)
_OF_NEWS = (
    r"(?![^?!]*(?:\baccording to\b|,? per (?:the|his|her|analysts|experts|officials)\b"
    r"|\bin the (?:view|words) of\b))"
)
"""What the articles say of how it is done is a question like any other."""

_HARM = (
    rf"(?:\bhow (?:do|can|could|would|should|might) (?:i|we|one)|{CLAUSE}how to"
    r"|\bhelp (?:me|us)(?: to)?|\b(?:teach|show|tell) (?:me|us)(?: how)? to"
    r"|\bexplain(?: to me| to us)? how to|\bi (?:want|need|would like|'d like) to(?: (?:know"
    r"|learn) how to)?|\bthe best way to|\bsteps to)"
    rf" {_OF_NEWS}(?:{_MAKE} {_OBJECT}|{_ATTACK}\b)"
    rf"|{CLAUSE}(?:(?:give|show|tell|send) (?:me|us) |list |write |provide |i (?:need|want) )?"
    r"(?:(?:the|an?|some|your|my|detailed|step-by-step|full) )*"
    r"(?:instructions|recipe|guide|plan|tutorial|steps) (?:for|to|on)(?: how to)?"
    rf" {_OF_NEWS}(?:(?:{_MAKE} )?{_OBJECT}|{_ATTACK}\b)"
    rf"|{CLAUSE}(?:write|build|make|create|code|generate|program|design|assemble|give me)"
    rf" {_OBJECT}"
    rf"|{CLAUSE}(?:hack|ddos|flood|attack|crash|take down|shut down|knock offline) [^.?]{{0,60}}"
    r"\b(?:websites?|sites?|servers?|accounts?|networks?|systems?|computers?)\b"
)

_PATTERNS: Final = {
    Request.MARKUP: re.compile(f"{MARKUP}|{_EMIT}"),
    Request.OVERRIDE: re.compile(_OVERRIDE),
    Request.DISCLOSURE: re.compile(_DISCLOSURE),
    Request.ROLE: re.compile(_ROLE),
    Request.DICTATION: re.compile(_DICTATION),
    Request.COMPOSITION: re.compile(_COMPOSITION),
    Request.HARM: re.compile(_HARM),
}
