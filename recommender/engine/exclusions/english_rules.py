"""The patterns of `english`, over folded text.

A trigger ends where the thing begins. What sounds alike and means something else is left out of
it, or named in ``HARMLESS``.
"""

from __future__ import annotations

import re

from recommender.engine.data.types import ExclusionKind

_NOT = r"(?:do not|don't|dont|does not|doesn't|did not|didn't|will not|won't|would not|wouldn't)"
_ADVERBS = r"(?:really|even|ever|usually|normally|particularly|especially|actually|much|at all)"
_SEE = (
    r"(?:see|read|eat|cook|use|do|buy|have|get|learn|watch|drink|wear|make|try|practise|practice"
    r"|study|be shown|receive|give|own|hear about|hear|look at|play|touch)"
)
_ABOUT = (
    r"(?:for|with|about|on|from|by|in|of|containing|contains?|involving|related to|to do with"
    r"|made of|made from|made with|using|that has|that have|that contains?|that uses?|like)"
)
_HAS = (
    r"(?:has|have|is|are|involves?|includes?|contains?|features?|mentions?|uses?|needs?|requires?"
    r"|shows?|looks? like|smells? of|tastes? of|reminds? me of)"
    r"(?: anything| something)?(?: to do with| related to| made of| made with| made from| about"
    r"| in it)?"
)
_HOLD = r"(?:have|use|need|involve|contain|include|require|feature|show|mention|take|smell of)"
_WITHOUT = (
    rf"\bnothing (?:that is |that's |which is |at all |whatsoever )?{_ABOUT} ",
    rf"\b(?:nothing|none|not anything|no things?) (?:that|which) {_HAS} ",
    r"\b(?:none|neither)(?: of| with| for)? (?!that\b|which\b|is\b|are\b|do\b|does\b|have\b)",
    rf"\b(?:that|which) (?:{_NOT}|never) {_HOLD} (?:any )?",
    rf"\b(?:{_NOT}) (?:involve|contain|include|feature|mention|require|rely on|call for) (?:any )?",
    r"\b(?:that|which|as long as (?:it|they)|provided (?:it|they)|so long as (?:it|they))"
    r"(?: is| are|'s|'re)?(?:n't| not) (?:too |so |very )?"
    r"(?:made of |made from |made with |about |for |from |in |with )?"
    r"(?:a |an |any )?(?!only\b|just\b)",
    r"\b(?:should|must|may|can)(?: not|n't|not) be (?:too |so |very )?"
    r"(?:made of |made from |made with |about |for |from )?",
    rf"\b(?:should|must|may|can|shall)(?: not|n't|not) {_HOLD} (?:any )?",
    rf"\b(?:rather|prefer|prefers|preferably|please) not (?:to )?{_SEE} ",
    rf"\bnot (?:supposed|allowed|meant|able|going|willing) to {_SEE} ",
    rf"\b(?:(?:i|we|she|he|they) (?:{_NOT})|never) do (?!much\b|enough\b|many\b|any\b|a lot\b|it\b"
    r"|this\b|that\b|so\b|well\b|sports?\b|exercises?\b|anything\b|things\b)",
    r"\bnothing (?!(?:is|are|was|beats?|but|better|like|more|less|wrong|against|else|special|much"
    r"|can|could|will|would|too|to|makes?|tastes?|comes?|compares?|if|happens|warms?|as|so|and"
    r"|has|in|i|you|we)\b)",
    r"\bnothing too (?=\w)",
    r"\b(?:says? )?no more (?!than\b)",
    r"\bno (?:interest in|use for|desire for|appetite for) ",
    r"\bno (?!longer\b|one\b|matter\b|sooner\b|less\b|later\b|more\b|need\b|interest\b|way\b"
    r"|other\b|wonder\b|end\b|such thing\b|idea\b|thanks?\b|use\b|doubt\b|problem)",
    r"\bwithout (?:any |using |the use of |having to use |needing )*",
    r"\bnot (?:for|with|about|from|by|containing|made of|in) ",
    r"(?:\b(?:not|never|no)|n't) (?:really |at all |so |very |much |too |all that |a |that |big "
    r"|huge |great )*(?:interested in|into|fan of|fans of|keen on|fond of|looking for|crazy about"
    r"|wild about|big on|in the mood for|after) ",
    r"(?:(?<=[,;.!?(]) ?|\b(?:but|and|or|just|please|definitely|preferably|rather|only) |^)not "
    r"(?:too |so |very )?(?!only\b|just\b|bad\b|sure\b|afraid\b|a problem\b|that\b|yet\b|really\b"
    r"|enough\b|until\b|to\b|all\b|every|always\b|because\b|if\b|when\b|necessarily\b|many\b"
    r"|much\b|far\b|long\b|at all\b|today\b|now\b|even\b|i\b|you\b"
    r"|without\b|in\b|for\b|with\b)",
    r"\b(?:except(?:ing)?(?: for)?|excluding|excl\.?|minus|apart from|aside from|other than"
    r"|save for|with the exception of|(?:anything|everything|all|whatever) but|instead of"
    r"|rather than|besides) ",
    r"\b(?:avoid(?:ing|s)?|skip(?:ping)?|leave out|leave off|leaving out|omit(?:ting)?|exclude"
    r"|(?:keep|stay|steer)(?:ing)? (?:well |far )?(?:away|clear) (?:from|of)|spare me"
    r"|cut(?:ting)? out|ban|leav(?:e|ing) aside|(?:set|put)ting aside|not (?:counting|including)"
    r"|ignor(?:e|ing)|barring|sans|w/o|forget about|filter(?:ing)? out"
    r"|(?:stop|quit) (?:showing|recommending|suggesting|sending|giving)(?: me)?"
    r"|keep (?:me )?off|hold the|drop the|lose the|ditch(?:ing)?|shun|pass on|w/out|w/ no"
    r"|(?:says?|saying|said|just|a big|a hard|it's|is)(?: a)? no to|nope to|remove|hide|block"
    r"|swear off|swore off|sworn off|(?:give|gave|given|giving) up(?: on)?|cut(?:ting)? down on"
    r"|cut(?:ting)? back on|(?:go|going) (?:easy|light) on|averse to|refus(?:e|es|ing)"
    rf"(?: to (?:{_SEE[3:-1]}|deal with))?) ",
    r"\b(?:any|every|all|whatever) (?:colou?r|topic|language|kind|sort|type|format|material|animal"
    r"|holiday|food|subject|flavou?r|style|shape)s? but (?!not\b|i\b)",
    rf"\b(?:{_NOT}|never) (?:{_ADVERBS} )?(?:want|like|need|love|enjoy|care for|care about) "
    rf"(?:to {_SEE} )?",
    rf"\b(?:{_NOT}|never|no longer|cannot|can't|can not|must not|mustn't|should not|shouldn't"
    rf"|may not|not allowed to|not able to) (?:{_ADVERBS} )?(?:eat|drink|wear|use|tolerate|digest|"
    r"stand|bear|handle|deal with|face|abide|look at|put up with|have any|do any|consume"
    r"|cook with|cook|buy|show me|show|recommend|suggest|include"
    r"|send|give me|bring|add|put in|stomach) ",
    r"\b(?:cannot|can't|can not|must not|mustn't|shouldn't|should not) (?:have|do) ",
    r"\b(?:no longer|never again) (?:want |like |need |eat |drink |use |enjoy |love )?",
    r"\b(?:hates?|hating|dislikes?|loathes?|detests?|despises?|sick of|tired of|bored of|bored with"
    r"|fed up (?:with|of)|had enough of|had it with|can do without|could do without|uninterested in"
    r"|(?:i'm|i am|we're|we are) done with|(?:i|we) react (?:badly )?to) ",
    r"(?:^|[,;.!?] ?)enough (?:of|with) ",
    r"(?:^|[,.;:!?] ?)no to ",
    r"\bmake sure there(?:'s| is| are) no ",
    r"\b(?:with|that ha(?:s|ve)|which ha(?:s|ve)) no ",
    r"\b(?:allergic|allergy|allergies|intolerant|intolerance|sensitive) (?:to|against) ",
    r"\b(?:free of|free from|devoid of) ",
    r"\bno (?:thanks|thank you),? (?:to )?",
)
_LACK = (
    rf"\b(?:i|we|she|he|they) (?:{_NOT}) (?:{_ADVERBS} )?(?:have|own|got|possess)"
    r"(?: access to)? ",
    r"\b(?:i|we|she|he|they)(?:'ve| have| had| has|'s)?(?: got)? no "
    r"(?!longer\b|use\b|interest\b|desire\b|appetite\b)",
    r"\b(?:there is|there's|there are) no ",
    r"\bhaven't(?: got)?(?: any)? (?!been\b|tried\b|done\b|used\b|learned\b|seen\b|had\b)",
    r"\b(?:no need for|lack(?:ing)?) ",
)
_ONLY_VERB = (
    r"(?:want|like|eat|read|speak|understand|accept|use|need|have|own|drink|do|buy|watch|enjoy|love"
    r"|wear|cook)"
)
_ONLY = (
    rf"\bonly {_ONLY_VERB}s?(?: got)? (?:to {_SEE} )?",
    r"\bonly (?:interested in|looking for) ",
    r"\b(?:nothing but|exclusively|solely|strictly|nothing except) ",
    r"(?<!not )(?<!the )(?<!an )(?<!if )(?<!are )(?<!is )\bonly (?!if\b|when\b|because\b|recently\b"
    r"|started\b|just\b|once\b|a\b|one\b|two\b|for\b|at\b|on\b|in\b|the\b|to\b|after\b|with\b|by\b"
    r"|from\b|about\b|do\b|interested\b|looking\b|\d|child\b)",
)
_LIST = r"[\w'-]+(?:(?: |, |,? and |,? or |/)[\w'-]+){0,4}"
_NAME = r"[\w'+#-]+(?: [\w'+#-]+)?"
_ME = r"(?:me|us|her|him|them|my [a-z]+|our [a-z]+)"
_ENDS = r"(?=[ ,.;:!?]*(?:$|[,.;:!?]|\bplease\b|\bthanks?\b))"
ANY_NAME = (
    rf"(?P<thing>{_NAME}) (?:is|are) (?:out(?! of)|no-?go|a no-?go)",
    rf"(?P<thing>{_NAME}) aside{_ENDS}",
    rf"(?P<thing>{_NAME}) makes? {_ME} (?:feel )?(?:sick|ill|itch|itchy|sneeze|shudder|cringe"
    r"|nauseous|queasy|uneasy|uncomfortable)",
    rf"(?P<thing>{_NAME}) (?:upsets? (?:my|her|his|our) stomach)",
    rf"(?P<thing>{_NAME})(?:\?|:| -|,)? (?:no(?: thanks| thank you| way)|never again|nope|yuck|ugh"
    rf"|over my dead body){_ENDS}",
    rf"(?:[,;.!?(:] ?|\b(?:but|and|or|please|ever,?) |^)(?:never(?: ever)?|(?:definitely|absolutely"
    r"|certainly) (?:no|not)|under no circumstances|on no account|zero|anti|nix|fewer) "
    rf"(?P<thing>{_NAME})",
    rf"\b(?:i am|i'm|we are|we're|she is|she's|he is|he's) (?:off|so over|over|against|anti|on a "
    rf"break from|trying to quit|quitting) (?:all )?(?P<thing>{_NAME})",
    r"(?<!never )(?<!n't )\b(?:have|has|'ve|got|own|owns)(?: already)?(?: got)? (?:far |way )?"
    rf"(?:too many|more than enough|enough|plenty of|so many) (?P<thing>{_NAME}?)"
    r"(?= already|,? so (?:leave|skip|no)| as it is|[,.;!] ?(?:please )?(?:leave|skip|no more))",
)
"""Around a known name of any group: "glass is out"."""

ANY_WORD = (
    rf"(?P<thing>{_NAME}) (?:is|are) (?:off[- ]limits|off the (?:table|menu|list)|forbidden|banned"
    r"|excluded|unwelcome|taboo|prohibited|not (?:really |quite )?(?:an option|for (?:me|us|her"
    r"|him)"
    r"|my (?:thing|taste|cup of tea|style|jam)|allowed|welcome|wanted|needed|required|acceptable"
    r"|permitted|tolerated))",
    rf"(?P<thing>{_NAME}) (?:excluded|excepted|exempt(?:ed)?|not (?:included|needed|wanted|required"
    rf"|welcome|allowed)|need not apply){_ENDS}",
    rf"(?P<thing>{_NAME}) (?:(?:creep|freak|gross|weird|stress)(?:s|es)? {_ME} out|(?:put|turn)s? "
    rf"{_ME} off|(?:scare|disgust|repel|repulse|irritate|annoy|terrify|terrifie)s? {_ME}"
    rf"|bores? {_ME}|gives? {_ME} (?:the creeps|(?:a )?headaches?|hives|migraines?|a rash|heartburn"
    r"|nightmares|the shivers))",
    rf"(?P<thing>{_NAME}) (?:{_NOT}|never|no longer) (?:{_ADVERBS} )?(?:interests?|appeals? to"
    rf"|suits?"
    rf"|works? for|do it for|does it for|agrees? with|excites?|speaks? to|sits? well with) {_ME}",
    r"\bleave (?:the |any |all |all the )?(?P<thing>[\w'-]+(?: [\w'-]+)?) out\b",
    r"(?<!\bto )(?<!that )(?<!which )(?<!will )(?<!helps )(?<!can )\b(?:keep|leave|rule|cross"
    r"|filter|shut|kick"
    r"|throw|strip|cut) (?:the |any |all |all the |those |these )?(?P<thing>[\w'+#-]+"
    r"(?: [\w'+#-]+)?) (?:out of (?:it|this|that|my (?:list|sight|recommendations|feed|way)"
    r"|the (?:list|mix|picture|recommendations))|away(?! from the| in| for)|aside|off (?:my|the)"
    r" (?:list|table|menu|plate)|out(?= *(?:$|[,.;:!?]|please|thanks)))",
    r"\btake (?:the |any |all |all the )?(?P<thing>[\w'+#-]+(?: [\w'+#-]+)?) "
    r"(?:off (?:my|the) (?:list|table|menu|plate)|out of (?:it|this|my|the) (?:list|mix|picture"
    r"|feed))",
    rf"\b(?:not|n't|never)(?: really| been| exactly)? (?:a|an|much of an?|any kind of) "
    rf"(?P<thing>{_NAME}) (?:person|people|eater|drinker|lover|fan|type|guy|girl|enthusiast)s?\b",
)
"""Around any word: "Haskell excluded", "owls creep me out". A known name comes first."""

_OWNED = frozenset({"equipment", "weights", "equipmentkitchen"})
OF_GROUP = (
    (
        r"(?<!not )(?<!n't )(?<!never )\b(?:afraid|scared|frightened|terrified) of "
        rf"(?P<thing>{_NAME})",
        frozenset({"animal"}),
        ExclusionKind.WITHOUT,
    ),
    (
        r"\b(?:can't|cannot|can not|don't|do not|unable to) (?:really )?(?:read|understand) "
        r"(?P<thing>[\w-]+)",
        frozenset({"language"}),
        ExclusionKind.WITHOUT,
    ),
    (
        rf"\b(?:less|low[- ](?:in )?|reduced[- ]|not much|not a lot of|hardly any|little to no) ?"
        rf"(?P<thing>{_NAME})",
        frozenset({"food"}),
        ExclusionKind.WITHOUT,
    ),
    (r"\b(?P<thing>[a-z]{3,})less\b", frozenset({"food"}), ExclusionKind.WITHOUT),
    (
        r"\b(?:have|has|own|owns|got|possess|use|with)(?: access to)? (?:just|merely|no more than"
        rf"|nothing except) (?:(?:a|an|my|the|some|one|two|pair of|set of|old|few) )*"
        rf"(?P<thing>{_NAME})",
        _OWNED,
        ExclusionKind.ONLY,
    ),
    (
        r"\ball (?:that )?(?:i|we|she|he)(?:'ve)? ?(?:have|has|own|owns|got|need|want|read|speak)?"
        r"(?: got)?(?: at home| here| around)? (?:is|are) (?:(?:a|an|my|the|some|one|two|pair of"
        rf"|set of|old|few) )*(?P<thing>{_NAME})",
        _OWNED | {"language", "kind"},
        ExclusionKind.ONLY,
    ),
    (
        rf"(?P<thing>{_NAME}) (?:is|are) (?:all|the only (?:thing|things|equipment|gear|language"
        rf"|one))"
        r" (?:that )?(?:i|we) (?:have|own|got|read|speak|understand|know)",
        _OWNED | {"language"},
        ExclusionKind.ONLY,
    ),
    (
        rf"\b(?:limited|restricted|confined) to (?:(?:a|an|my|the|some|one|two|pair of) )*"
        rf"(?P<thing>{_NAME})",
        _OWNED | {"language", "kind", "level"},
        ExclusionKind.ONLY,
    ),
    (
        r"(?<!not )(?<!n't )\bonly (?:for|in|with|on) (?:the |my |some )?(?:complete |total )?"
        rf"(?P<thing>{_NAME})",
        frozenset({"language", "level", "kind", "equipment", "weights", "topic", "material"}),
        ExclusionKind.ONLY,
    ),
)
"""Phrases that count only for things of these groups."""

_BEFORE = (
    (
        rf"(?P<thing>{_LIST}) (?:allergy|allergies|intolerance|intolerant)\b",
        ExclusionKind.WITHOUT,
    ),
    (rf"(?P<thing>{_LIST})[ -]free\b", ExclusionKind.WITHOUT),
    (r"\bnon-(?P<thing>[a-z]+)\b", ExclusionKind.WITHOUT),
    (
        r"(?P<thing>[\w'-]+(?: [\w'-]+)?) only"
        r"(?= *(?:$|[,.;!?)]|please\b|thanks\b|and\b|but\b))",
        ExclusionKind.ONLY,
    ),
)
DIET = re.compile(
    r"(?:\b(?:i am|i'm|im|we are|we're|she is|she's|he is|he's|they are|they're|family is|as|for)"
    r" (?:a |an |all |both )?(?:strict |mostly |now |practi[cs]ing )*|^|[,.;!] ?"
    r"|\b(?:eat|eats|keep|keeps|cook|only|strictly|some|easy|went|gone|turned|became|go|going|on a"
    r"|follow|follows|following|quick|simple|my|our|good|a|and|is|are|for|to be|being) (?:a )?)"
    r"(?P<thing>vegetarians?|vegans?|pescatarians?|halal|kosher|coeliac|celiac|plant-based"
    r"|muslims?)\b"
)

HARMLESS = re.compile(
    r"\b(?:(?:friends?|couples?|person|people|m[ae]n|wom[ae]n|some(?:one|body)|famil(?:y|ies)|girl"
    r"|boy|colleague|neighbou?r) (?:with no|without)\b"
    r"|no (?:plans?|kidding|pain(?:,? no gain)?|gain|rush|hurry|worries|pressure|big deal"
    r"|nonsense|frills|fuss|time"
    r"|experience|money|limits?|limit|exceptions?|strings|reason|clue|joke|question|harm|fear|guilt"
    r"|regrets?|preference|particular|special|real|good|prior|previous|background|knowledge)\b"
    r"|no-(?!go\b)\w+|who (?:doesn't|does not|wouldn't|would not|don't) \w+"
    r"|(?:not|n't|never) (?:have|get|eat|eating|getting|own|drink|drinking|do|doing|see) (?:nearly "
    r"|quite )?(?:enough|too many|too much)|nothing (?:quite )?like (?:a|the)\b|not too late"
    r"|nobody (?:doesn't|does not)|(?:is|are)(?:n't| not) (?:that |too |so )?(?:hard|difficult) to"
    r"|(?:do not|don't|dont|not|never) (?:just|only)\b|nothing against|(?:won't|can't|couldn't"
    r"|wouldn't|don't|not|never|hard to) (?:ever )?say no to|not (?:quite|exactly)\b|why not"
    r"|why don't"
    r"|(?:do not|don't|dont|doesn't) (?:mind|want to (?:miss|lose|give up|stop|be without"
    r"|live without|go without|wait|quit|skip|avoid))\b|can(?:no|')t (?:wait|stop|help|get enough)"
    r"|don't you|feel free|for free|not without|or not|whether or not|if not|not a problem"
    r"|nothing (?:much )?to (?:lose|worry|do(?! with)))"
)
DOUBLE = re.compile(
    r"\b(?:can't|cannot|can not|couldn't|could not|never|no|not|nobody|nothing|hardly|isn't|aren't"
    r"|wouldn't|won't|don't|doesn't|impossible|hard|difficult|incomplete)\b[^,.;!?]*$"
)
VERB_AFTER = re.compile(
    r"^(?:is|are|was|were|has|can|will|would|should|could|beats?|makes?|tastes?|compares?)\b"
)
_NOT_OF = r"(?! (?:about|with|for|on|from|related|containing|made|to do)\b)"
CLAUSE = re.compile(
    r"[.;!?\n:()]| - | – |\b(?:but|because|since|so|although|though|while|whereas|however|yet"
    r"|that|which|who|whom|when|where|if|unless|until|than|as|please|thanks|thank you"
    r"|plenty|lots|i|we|you|she|he|they|it|is|are|am|was|were|would|will|can|maybe|perhaps"
    rf"|everything|anything{_NOT_OF}|something|just|ideally|preferably|instead|rather|at|to|into"
    r"|because of|due to|this|then|also|too|either|anymore|any more|at all|whatsoever|though"
    r"|otherwise|thank|except|without|not|no|nor do|only|though|and (?:hates?|dislikes?"
    r"|loathes?|can't|cannot|definitely|absolutely|certainly|never|i|we|my|she|he|they|it"
    rf"|you|please|want|would|love|like|prefer|also|maybe|preferably|something|anything{_NOT_OF}"
    rf"|just"
    r"|everything|only|with|plenty|lots|more|some))\b"
)
ANYTHING = re.compile(
    r"(?:(?:anything|everything|any|all|things?|stuff|items?|something)"
    r"(?: (?:that|which)(?: is| are| has| have| contains?)?| to do)?"
    r"(?: with| about| from| like)? )*"
)
"""Words before a thing that do not end the clause there: "excluding anything that is metal"."""

FIRST = re.compile(
    r"^(?:any|a|an|the|more|other|another|my|your|our|his|her|their|those|these|such|so|very"
    r"|much|many|all|kinds? of|sorts? of|types? of|forms? of|pieces? of|signs? of|traces? of|of"
    r"|anything|things?|stuff|with|from|about|made|containing|involving|related to|to do with"
    r"|to eat|to do|to see|to use|to buy|to get|to learn|to read|using|use of|doing|eating"
    r"|having|buying|wearing|drinking|seeing|reading|getting|even|real|actual|in|on|for|by|some"
    r"|just|special)\s+"
)
LAST = re.compile(
    r"\s+(?:please|thanks|either|again|ever|though|anywhere|really|ones?|very much|a lot|much"
    r"|at home|for me|for us|for now|today|tonight|tomorrow|this time|around|here|there|for"
    r"|with|of|in|on|by|from|about|out|instead|now|yet|will do|will|whatever|person|eaters?"
    r"|drinkers?|lovers?|fans?)$"
)

TRIGGERS = [
    (re.compile(pattern), kind, is_lack)
    for patterns, kind, is_lack in (
        (_LACK, ExclusionKind.WITHOUT, True),
        (_WITHOUT, ExclusionKind.WITHOUT, False),
        (_ONLY, ExclusionKind.ONLY, False),
    )
    for pattern in patterns
]
BEFORE_RULES = [(re.compile(pattern), kind) for pattern, kind in _BEFORE]
