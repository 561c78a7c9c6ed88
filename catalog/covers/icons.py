"""Chooses an item's icon by the words of its title and category."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

#: Icon and its words. The first match wins, and the title comes before the category.
WORDS: tuple[tuple[str, str], ...] = (
    ("tree-pine", r"christmas|xmas|advent|bauble|reindeer|圣诞"),
    # Topics of the community, by their whole names.
    ("train-front", r"trains and boats"),
    ("building-2", r"city corners"),
    ("store", r"villages and markets"),
    ("tent", r"nights outdoors"),
    ("soup", r"noodles and dumplings"),
    ("carrot", r"pickles and preserves"),
    ("spool", r"wool and weaving"),
    ("axe", r"wood and tools"),
    ("amphora", r"clay and glaze"),
    ("cake-slice", r"cakes?|cake ?stand|baking|cupcake|muffin|甜品|蛋糕|dessert"),
    ("coffee", r"mugs?|coffee|tea|teacup|teapot|teatime|saucer|java|早餐|breakfast"),
    ("flame", r"candles?|t-lights?|incense|lantern|tealight|fire"),
    ("lamp", r"lamp|lights?|chandelier|lighting"),
    ("umbrella", r"umbrella|parasol"),
    ("shopping-bag", r"bags?|purse|shopper|tote|handbag"),
    ("backpack", r"rucksack|backpack"),
    ("clock", r"clocks?|watch|timer|sleep|alarm"),
    ("frame", r"frames?|mirror|picture|wall art|photo"),
    ("mail", r"cards?|letter|postcard|envelope|e-?mail"),
    ("pencil", r"pencils?|pens?|notebook|stationery|paper|chalk|writing|notes?"),
    ("sticker", r"stickers?|tags?|labels?"),
    ("gem", r"necklace|earrings?|bracelet|ring|jewel\w*|bead|diamante|ruby|rust"),
    ("heart", r"hearts?|love|valentine|lovebird"),
    ("flower-2", r"flowers?|rose|daisy|poppy|poppies|floral|lily|botanical"),
    ("sprout", r"garden\w*|plant\w*|herb|seeds?|watering"),
    ("bird", r"birds?|owl|hen|chicks?|chicken|duck|dove|easter"),
    ("cat", r"cats?|kitten"),
    ("paw-print", r"dogs?|panda|rabbit|bunny|bunnies|monkey|elephant|animals?|pets?"),
    ("bath", r"bath\w*|soap|towel|toilet"),
    ("snowflake", r"snow\w*|winter|ice|cold|flu"),
    ("party-popper", r"party|birthday|bunting|balloons?|confetti"),
    ("toy-brick", r"toys?|dolls?|skittles|game set|playhouse|dominoes|soldier|block"),
    ("puzzle", r"puzzle|jigsaw|games?|游戏"),
    ("music", r"music|bell|chime|guitar|音乐"),
    ("glass-water", r"glass|bottle|jug|vase"),
    ("package", r"box|tins?|storage|basket|drawer|crate|container|package"),
    ("key", r"keys?|keyring|hook|password"),
    ("armchair", r"cushion|chair|stool|seat|throw|doormat|rug"),
    ("utensils", r"plates?|bowl|cutlery|spoon|tray|kitchen|napkins?|dish|cook\w*|荤菜"),
    ("scissors", r"sewing|craft|knit\w*|ribbon|fabric|scissors|crochet|lace"),
    ("shirt", r"scarf|apron|shirt|hat|gloves?|slipper"),
    ("baby", r"baby|babies|child\w*|kids?|pregnan\w*|infant|newborn"),
    ("star", r"stars?"),
    ("house", r"house|home sweet home|cottage|homes"),
    ("fish", r"fish|水产|鱼|虾|蟹"),
    ("soup", r"soup|汤羹|汤|粥"),
    ("egg", r"egg|蛋"),
    ("drumstick", r"鸡|鸭|meat"),
    ("cup-soda", r"饮品|drinks?|juice|奶茶|茶"),
    ("wheat", r"主食|面|饭|饼|bread|grain|gluten"),
    ("salad", r"素菜|salad|vegetables?|nutrition|diet\w*|food"),
    ("droplet", r"酱料|blood|water|diabetes|kidney\w*|urin\w*"),
    (
        "brain",
        r"machine learning|deep learning|artificial|neural|brain|mental|memory|alzheimer\w*|stroke"
        r"|dementia|ai",
    ),
    ("chart-line", r"data science|data analysis|statistics|analytics|数据|matlab|r"),
    ("database", r"sql|databases?|mongodb|postgres\w*|mysql|oracle|nosql|数据库"),
    ("sigma", r"math\w*|algebra|calculus|数学|algorithms?|logic|算法"),
    ("smartphone", r"android|ios|swift|flutter|kotlin|mobile|手机"),
    ("cloud", r"cloud|aws|azure|devops|docker|kubernetes"),
    ("git-branch", r"git|version control|subversion|mercurial"),
    ("shield", r"security|privacy|blockchain|immun\w*|hacking|crypto\w*|vaccines?"),
    ("terminal", r"linux|bash|shell|unix|powershell|command|emacs|vim"),
    ("network", r"network\w*|distributed|tcp|http"),
    ("gamepad-2", r"game development|unity|unreal|graphics"),
    ("globe", r"web|html|css|wordpress|django|php|laravel|nest\.js|next\.js"),
    ("braces", r"javascript|typescript|react|vue\S*|angular\S*|node\.js|nodejs|jquery|json"),
    ("bug", r"test\w*|debug\w*|bugs?|parasit\w*"),
    ("cpu", r"assembly|embedded|hardware|architecture|operating|arduino|verilog|fpga"),
    ("stretch-horizontal", r"stretch\w*|yoga|foam roll"),
    (
        "dumbbell",
        r"strength|barbell|dumbbells?|kettlebells?|powerlifting|strongman|weightlifting|press|curl|squat",
    ),
    ("footprints", r"cardio|plyometrics|running|walk\w*|foot|feet|ankle"),
    ("activity", r"exercise|fitness|sports?|abdominals"),
    ("heart-pulse", r"heart|cardi\w*|cholesterol|pressure|vascular"),
    ("bone", r"bones?|arthritis|joints?|spine|back|hip|knee|osteo\w*|fractures?"),
    ("eye", r"eyes?|vision|glaucoma|cataract"),
    ("ear", r"ears?|hearing|deaf\w*"),
    ("hand", r"hands?|skin|dermat\w*|rash|wrist"),
    ("pill", r"drugs?|medicines?|antibiotics?|vitamins?|pain"),
    ("layers", r"software|design|patterns|object"),
    ("languages", r"languages?|english|chinese"),
    ("code-xml", r"programming|python|ruby|perl|scala|haskell|lisp|code|coding|c\+\+|c#|go"),
)
BY_DOMAIN = {
    "shop": "gift",
    "courses": "book-open",
    "health": "heart-pulse",
    "community": "palette",
}
_PATTERNS = [(icon, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for icon, words in WORDS]


@cache
def paths() -> dict[str, str]:
    """Icon name -> path on a 24 × 24 grid."""
    rows = Path(__file__).with_name("icons.txt").read_text().splitlines()
    return dict(row.split(" ", 1) for row in rows if not row.startswith("#"))


def icon_for(title: str, category: str, domain: str) -> str:
    """The path of the icon that matches the words, else the domain's icon.

    Titles in the community are sentences, whose words do not name the topic, so the topic comes
    first.
    """
    texts = (title.lower(), category.lower())
    for text in texts[::-1] if domain == "community" else texts:
        for icon, pattern in _PATTERNS:
            if pattern.search(text) and icon in paths():
                return paths()[icon]
    return paths()[BY_DOMAIN.get(domain, "gift")]
