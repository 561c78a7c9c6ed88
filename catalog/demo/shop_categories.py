"""Categories of the gift shop's products, derived from their titles.

In an English product title the thing comes last, after what describes it ("PINK CERAMIC HEART
CANDLE HOLDER"). So the last word, or pair of words, in the table decides. There are two exceptions.
What follows "in", "with" or "on" is packing or a detail ("PLASTERS IN TIN"). This shop often puts a
design last ("LUNCH BAG DOLLY GIRL"), so words that are usually a design decide only if there is no
other. If a title names a season, that category is first, because people search for "Christmas"
first. 98 of 100 products get a category.
"""

from __future__ import annotations

import re

OTHER = "Other gifts"


def _names(text: str) -> frozenset[str]:
    return frozenset(name.replace("_", " ") for name in text.split())


#: Category -> its things, in the singular. A pair of words wins over a single word at the same
#: position.
_THINGS = {
    "Candles and lights": """candle candleholder candlestick candlepot t-light tlight tealight lantern incense lamp
        lampshade light lightbulb chandelier votive wick match burner candle_holder t-light_holder fairy_light
        night_light light_holder lamp_shade candle_plate candle_pot torch light_garland""",
    "Jewellery": """necklace necklac neckl bracelet earring ring charm brooch pendant bangle bead choker anklet
        jewel hoop_earring drop_earring necklace+bracelet lariat tassle expandable cufflink locket beads strand""",
    "Hair and accessories": """hairslide slide hairclip hair hairband comb scarf glove hat umbrella parasol fan
        skirt dress sock tie belt hair_clip hair_grip hair_comb hair_band hair_tie bobble grip sunglasses beret slipper
        pashmina shawl wrap_dress cape headband""",
    "Bags and purses": """bag handbag purse wallet shopper tote backpack rucksack satchel suitcase holdall coin_purse
        lunch_bag jumbo_bag shopping_bag luggage_tag luggage passport_cover travel_wallet shoulder_bag trolley
        card_wallet""",
    "Mugs and tableware": """mug cup saucer teacup beaker bowl plate dish jug teapot teaspoon cutlery spoon fork knife
        glass tumbler goblet egg_cup tray coaster placemat napkin tablecloth cake_stand cakestand cruet carafe
        decanter bottle_opener tea_for tea_set coffee_set dinner_set breakfast_set plant_pot_saucer platter chopsticks
        table_mat table_setting setting place_setting straw table_run runner""",
    "Kitchen and baking": """apron oven pan mould cutter measure scale timer thermometer baking cookie cake_case case
        cake_tin biscuit_tin bread_bin tea_towel oven_glove mixing_bowl rolling_pin grater toast_rack colander
        ramekin jam jelly_mould jar storage_jar whisk recipe_box recipe_book chopping_board spatula frying_pan
        egg_timer kitchen_scale kitchen ice_tray ice_cube lolly mixer dispenser food_cover food_container cosy tea_cosy
        egg_warmer breadbin cake_mould sieve pastry bottle_stopper corkscrew milk_bottle milk_pan pitcher pantry
        icing teatime popcorn_holder popcorn piggy lid snack_box spice toaster""",
    "Storage and organisers": """box basket tin drawer cabinet chest organiser caddy tidy bin container shelf rack
        trunk crate stool hamper cupboard bucket trinket_box trinket_pot storage storage_box memory_box treasure_chest
        storage_tin magazine_rack letter_rack file money_bank piggy_bank bank drawer_set trinket trinket_tray chair
        table bench wardrobe screen jewellery_box jewellery_stand money_box key_box jewellery_tree stand
        divider""",
    "Cushions and textiles": """cushion cover throw rug blanket quilt curtain doily doilies towel bath_mat fabric
        cushion_cover filler_pad pad chair_pad seat_pad bath_towel hammock flannel pillow bedspread mat tablecover
        bath_robe canopy""",
    "Frames, clocks and mirrors": """frame photoframe clock mirror picture picture_frame photo_frame alarm_clock
        wall_clock wall_mirror pocket_mirror photo_album album photo_clip photo_cube canvas poster wall_art print
        wall_plaque plaque photo_holder photo image wall_sticker art letter_frame corners card_holder cardholder
        recipe_holder""",
    "Signs, hooks and door things": """sign hook knob hanger doormat doorstop door_mat doorsign peg key_ring keyring
        coat_rack coat_hanger door_hanger door_stop door_knob wall_hook door_sign letter number_tile tile chalkboard
        blackboard noticeboard memo_board memoboard key_fob fob handle doorknob cornice bell_door door_bell doorbell
        board house_number billboard word draught_excluder excluder key_hook wall_tidy metal_sign love home
        cat_flap drawer_knob magnet fridge_magnet""",
    "Hanging decorations": """decoration decorations garland bunting hanging mobile chime windchime wreath bauble angel
        ornament dec heart_decoration hanging_heart butterfly bird feather star heart string streamer pom_pom
        honeycomb paper_chain rope cluster suncatcher dreamcatcher dove fairy dangler tassel drop wicker_star
        wicker_heart flag curtain_tieback tieback link chain leis""",
    "Vases and ornaments": """vase ornament figurine statue paperweight p'weight ashtray shell flower bouquet posy
        artificial_flower spray branch leaf rose globe snowglobe skull pot_pourri sculpture p/weight buddha
        duck cat_ornament elephant owl wood_block block_letter block tree bust feathers antique pear dahlia
        poppy sunflower lily hydrangea foliage stem peony magnolia anemone apples pears""",
    "Garden": """garden planter plant_pot watering_can bird_feeder birdhouse bird_house herb_pot herb pot windmill
        parasol_hole trellis trowel seed grow plant_marker bird_table bird_bath kneeler potting_shed shed solar
        wheelbarrow dibber garden_marker marker spade hoe wellies plant flowerpot mushroom gnome birdcage bird_cage
        arch thermometer_garden hose planters twine pots watering nest bird_box feeder insect bug_hotel toadstool""",
    "Cards and stationery": """card postcard notebook notepad sketchbook pencil pen journal diary calendar sticker
        stickers eraser rubber ruler sharpener stamp envelope invite writing letter_paper note book folder clip
        calculator pencil_case pencil_tin pencil_tube pencil_sharpener gift_card greeting_card birthday_card
        address_book memo paper_clip bookmark stationery colouring crayon pencils paper pen_set highlighter
        desk_tidy travelogue pad_memo post notecard passport scrapbook chalk blackboard_pen felt_pen letter_set
        decoupage invites exercise_book set_sticker ink stationary planner books folk_art_card""",
    "Gift wrap and ribbons": """wrap ribbon gift_bag gift_tag tag bow tape gift_box tissue_paper rosette gift_wrap
        wrapping ribbons gift_wrapping gift_tape bottle_bag wrapping_paper gift_boxes sellotape""",
    "Party": """party balloon party_bag candle_birthday banner confetti party_cone paper_plate paper_cup hat_party
        party_hat tiara mask paper_napkin bubbles bendy_straw pinata party_popper popper party_invite cake_candle
        birthday cocktail bingo birthday_candle disco tattoo tattoos""",
    "Toys and games": """toy game jigsaw puzzle doll playhouse dolls_house skittle domino dominoes marble yo-yo
        teddy bear robot kite ludo snakes helicopter rabbit bunny skipping_rope rocket dinosaur spaceboy cube
        puppet gun catapult soldier pony jack-in-box spinning_top jacks car train tractor ball boomerang
        hopper playing_card pack_card snap inflatable soft_toy monkey bowling carousel magic slate house
        frog fish horse sucker whistle drum guitar piano harmonica musical farm trick whoopee slinky
        monster dolly_girl dolly kaleidoscope money slot noughts building_block top chess tic tac wooden_toy racing
        hedgehog moose cow sheep pig camel animal duckling animals binoculars pirate_map periscope telescope
        quoits croquet tennis cards_playing dart""",
    "Craft and sewing": """kit sewing knitting craft felt button patch patches needle thread crochet origami
        sewing_kit sewing_box craft_kit pin pincushion scissor scissors wool yarn loom cross_stitch embroidery
        painting paint glue glitter paint_set mosaic cotton_reel reel tape_measure feltcraft zip applique weave
        sandalwood""",
    "Bathroom and beauty": """soap bath sponge washbag wash_bag toothbrush tissue tissues lip_gloss gloss nail
        cosmetic cosmetic_bag perfume lotion balm bubble_bath hand_cream bath_salt toilet toothbrush_holder
        soap_dish soap_holder loo_roll bath_bomb plaster plasters scent scented shower shower_cap massage nail_file
        makeup lip_balm hand_warmer hot_water_bottle water_bottle bottle hottie heat_pack warmer hand_warmers
        compact_mirror compact compacts brush manicure salts drop_scent air_freshener sachet lavender_bag
        drawer_liner liner camphor essential_balm dental diffuser oil""",
    "Picnic and travel": """picnic picnic_basket picnic_blanket lunch_box lunchbox flask cool_bag cool_box travel
        sleep_mask eye_mask camping cutlery_set_picnic snack radio bicycle cycle bike compass headphones headphone phone
        deckchair deck_chair beach windbreak raincoat rain_hat poncho torch_pocket travel_mug travel_set eyemask
        pocket_knife penknife hip_flask binocular phone_holder laptop mouse_mat usb""",
}
#: Words that are usually a design and not the thing.
_DESIGNS = _names("""
    heart leaf flower star butterfly bird rose doily doilies skull garden paper girl dolly_girl dolly spaceboy
    rabbit bunny love home word letter art print tree branch party birthday image magic elephant owl duck duckling
    cow horse fish pig monster dinosaur house animal apple pear apples pears feather feathers angel fairy bead beads
    strand cube top toadstool mushroom beach jam pantry teatime glass knife case picnic travel felt rubber post
    paint shell globe poppy sunflower lily snow cluster drop link rope crochet ball train car bear monkey wool money
    kitchen shed farm frog sheep camel moose hedgehog disco dove tissue wicker_star wicker_heart jewel antique stem
    bust robot soldier rocket guitar kite slot slate birdcage patch patches bath stand table chair bell string
    bottle sucker bow parasol oven board carousel helicopter animals herb jar pin mosaic applique weave tattoo
    scented scent snack hanging light
""")
_SEASONS = {
    "Christmas": """christmas xmas santa reindeer snowman snowflake snowy advent nutcracker jingle noel rudolph bauble
        baubles holly mistletoe snow elf carol""",
    "Easter": "easter chick chicks hen",
}


def _by_thing(table: dict[str, str]) -> dict[str, str]:
    return {thing: category for category, things in table.items() for thing in _names(things)}


_BY_THING, _BY_SEASON = _by_thing(_THINGS), _by_thing(_SEASONS)
_PACKING = re.compile(r"\b(in|with|w|on|for)\b.*")


def categories_of(title: str) -> list[str]:
    """One or two categories, the main one first."""
    words = _words(title)
    season = next((_BY_SEASON[word] for word in words if word in _BY_SEASON), None)
    thing = _last_thing(_words(_PACKING.sub("", title.lower()))) or _last_thing(words)
    return [name for name in (season, thing) if name] or [OTHER]


def _words(title: str) -> list[str]:
    return [_singular(word) for word in re.findall(r"[a-z](?:[a-z'/-]*[a-z])?", title.lower())]


def _last_thing(words: list[str]) -> str | None:
    ends = range(len(words), 0, -1)
    known = [
        name
        for end in ends
        for name in (" ".join(words[max(end - 2, 0) : end]), words[end - 1])
        if name in _BY_THING
    ]
    things = [name for name in known if name not in _DESIGNS] or known
    return _BY_THING[things[0]] if things else None


def _singular(word: str) -> str:
    """BOXES becomes BOX; GLASS and CHRISTMAS are not plurals."""
    if (
        word in _BY_THING
        or word in _BY_SEASON
        or not word.endswith("s")
        or word.endswith(("ss", "us", "is"))
    ):
        return word
    return word[:-2] if word.endswith(("ches", "shes", "xes")) else word[:-1]
