"""Themes of the health topics: the first theme whose words match the title.

The source has no themes.
"""

from __future__ import annotations

import re

OTHER = "More health topics"
#: Beginnings of words, as regular expressions.
_THEMES = {
    "Cancer": (
        r"cancer|leukemia|lymphoma|tumor|melanoma|myeloma|sarcoma|neuroblastoma|mesothelioma|chemotherapy|"
        r"radiation therapy|mammography|myelodysplastic|neuroma|pheochromocytoma|carcinoid"
    ),
    "Pregnancy and women's health": (
        r"pregnan|birth|prenatal|cesarean|breast|menopaus|menstru|premenstrual|uter|ovar|cervi|vagin|"
        r"endometrio|miscarriage|abortion|stillbirth|labor$|women|infertil|female|tubal|mastectomy|rh incompat|"
        r"hysterectomy|preconception|pelvic|fertil|postpartum|vulvar|reproductive|birth control|ectopic|"
        r"mothers|fetal health"
    ),
    "Children and teenagers": (
        r"child|infant|baby|teen|toddler|newborn|premature babies|puberty|parent|adopti|bully|school|"
        r"toilet training|fetal alcohol|sudden infant|youth|underage|cleft lip|growth disorder|down syndrome|"
        r"autism|attention deficit"
    ),
    "Alcohol, tobacco and drugs": (
        r"alcohol|smok|tobacco|drug abuse|cocaine|heroin|marijuana|methamphet|club drugs|inhalants|steroids|"
        r"gambling|dual diagnosis|secondhand|opioid|impaired driving|substance|e-cigar|caffeine"
    ),
    "Diabetes and hormones": (
        r"diabet|prediab|a1c|blood sugar|thyroid|hyperthy|hypothy|hormon|adrenal|pituitary|addison|cushing|"
        r"insulin|parathyroid|hypoglyc|hyperglyc|metabolic|endocrine|obesity|goiter"
    ),
    "Heart and circulation": (
        r"heart|cardi|pericard|endocard|mitral|statins|raynaud|edema|arter|angi|blood pressure|cholesterol|"
        r"stroke|arrhythmia|atrial|vascul|vein|varicose|aneurysm|circulat|pacemaker|thrombo|embolism|"
        r"blood clot|blood thinner|triglyceride|aort|shock|cpr|atherosclerosis|rehabilitation, cardiac|"
        r"hypotension|fainting"
    ),
    "Lungs and breathing": (
        r"lung|asthma|bronch|pulmon|pneumon|breath|copd|respirat|cough|emphysema|oxygen|trache|croup|"
        r"sleep apnea|cystic fibrosis|inhalation|sinus|nasal|nose|throat|common cold|cold and|tonsil|snor|"
        r"pleural|hay fever|air pollution|radon|asbestos"
    ),
    "Kidneys and bladder": (
        r"kidney|bladder|urin|dialysis|renal|ureter|urethra|incontinence|interstitial cystitis"
    ),
    "Digestion": (
        r"digest|stomach|bowel|colon|intestin|liver|hepatitis|cirrhosis|gall|pancrea|esophag|gastro|diarrhea|"
        r"constipation|hemorrhoid|hernia|ulcer|crohn|celiac|anal |rectal|heartburn|gerd|bile|nausea|appendi|"
        r"abdominal|swallowing|ostomy|jaundice|irritable|lactose|gas\b|peritoneal|anus|hiccup|diverticul"
    ),
    "Mind and mood": (
        r"mental|depress|anxi|bipolar|schizo|phobia|panic|suicid|stress|mood|obsessive|psych|eating disord|"
        r"self-harm|grief|bereave|ptsd|personality|compulsive|coping|tourette|postpartum depression|"
        r"seasonal affective"
    ),
    "Brain and nerves": (
        r"brain|nerv|neuro|alzheimer|dementia|parkinson|epilep|seizure|migraine|headache|sclerosis|paralysis|"
        r"palsy|mening|spinal cord|coma|concussion|memory|dizz|balance problem|tremor|aphasia|huntington|"
        r"hydrocephal|encephal|guillain|restless leg|sleep|insomnia|ataxia|cerebell|autonomic|dystonia|chiari|"
        r"spina bifida|delirium|speech|stutter|learning disorder|narcolepsy|syringomyelia|head injur|"
        r"movement disorder|rett|myasthen|trigemin|neuralgia|cognitive|lewy|creutz|transient isch"
    ),
    "Bones, joints and muscles": (
        r"bone|joint|muscl|arthrit|back |back$|knee|hip |hip$|shoulder|ankle|foot h|foot i|feet|hand |wrist|"
        r"elbow|arm |leg |neck|spine|spinal|scolio|osteo|ankylos|myosit|fractur|sprain|disloc|gout|tendin|"
        r"bursitis|lupus|fibromyalgia|carpal|cartilage|rotator|ligament|dystroph|limb|toe |finger|heel|"
        r"herniated|sciatica|rickets|sports injur|ergonomic|collagen|connective|marfan|ehlers|polymyalgia|"
        r"walking|cast|tailbone|dwarfism|temporomandib"
    ),
    "Skin, hair and nails": (
        r"skin|hair|nail|acne|eczema|psoria|rosacea|rash|itch|hives|burn|scar|wart|lice|scabies|vitiligo|"
        r"sun expos|sweat|cellulitis|blister|corns|impetigo|pressure sore|cosmetic|piercing|tattoo|pigment|"
        r"mole|birthmark|poison ivy|scleroderma|wrinkle|tanning|dandruff|athlete|hidraden|pemphig"
    ),
    "Eyes, ears and mouth": (
        r"eye|vision|retina|catarac|glaucoma|macular|blind|ear |ears|ear$|hearing|tinnitus|tooth|teeth|dental|"
        r"dent|gum |mouth|tongue|salivary|voice|cornea|pinkeye|refractive|orthodon|taste|smell|oral|lip|jaw|"
        r"deaf|cochlear|usher|meniere|amblyopia|uveitis"
    ),
    "Sex and men's health": (
        r"sexual|men's|prostate|testic|penis|erectile|vasectomy|syphilis|gonorrhea|chlamydia|herpes|cold sore|"
        r"genital|hpv|trichomon|male |circumcision|domestic violence|gay|lesbian|birth control|hiv"
    ),
    "Infections": (
        r"infect|virus|viral|bacteri|flu |flu$|fever|vaccin|immuniz|measles|mumps|rubella|tubercul|malaria|"
        r"tetanus|cholera|plague|anthrax|lyme|rabies|parasit|worm|fung|mold|staph|strep|sepsis|shingles|"
        r"chickenpox|polio|diphtheria|west nile|salmonel|e\. coli|hantavirus|ebola|mononucleosis|whooping|"
        r"yeast|tick|mosquito|leprosy|germ|abscess|smallpox|influenza|botulism|legionn|toxoplas|cat scratch|"
        r"pox|antibiotic|rickett|giardia|tinea|zika|typhoid|leishman|amebiasis|histoplas|aspergill|sporotrich|"
        r"valley fever|gangrene|encephalitis|biodefense|hepatitis|insect|spider|animal|mrsa|chagas|dengue|"
        r"chikung|cryptosp|fifth dis|pinworm|bedbug"
    ),
    "Blood, genes and immune system": (
        r"blood|anemia|hemoph|sickle|gene|allerg|immun|transplant|lymph|spleen|hemochromat|thalassemia|"
        r"platelet|porphyria|sarcoidosis|anaphyla|marrow|syndrome|deficiency|wilson|sjogren|bleeding|"
        r"phenylketon|amyloid|birth defect|rare disease|tay-sachs|gaucher|mitochond|thymus|lipid metab|"
        r"leukodys"
    ),
    "Food and nutrition": (
        r"food|nutri|diet|vitamin|calcium|iron|sodium|potassium|mineral|protein|fats|carbohyd|fiber|gluten|"
        r"weight|eating|vegetar|vegan|cooking|supplement|antioxidant|folic|drinking water|herbal|probiotic|"
        r"fluid|dehydrat|malnutrition|magnesium|cholesterol diet"
    ),
    "Tests, medicines and surgery": (
        r"test|medicine|surgery|imaging|scan|mri|x-ray|ultrasound|biopsy|endoscop|anesthesia|screening|"
        r"transfus|therapy|acupunct|clinical trial|prosthe|artificial|implant|pain reliever|pain|drug|"
        r"laborator|checkup|palliative|hospital|surgic|health record|rehabilitation|alternative|organ donation|"
        r"assistive|mobility aid|devices|nursing|critical care|catheter|chiropractic|anti"
    ),
    "Safety and first aid": (
        r"safety|first aid|injur|poison|emergenc|bite|sting|chok|drown|frostbite|hypothermia|heat |wound|bleed|"
        r"fire|disaster|hurricane|flood|tornado|earthquake|tsunami|volcano|lead |mercury|arsenic|chemical|"
        r"violence|abuse|accident|fall|electric|carbon monoxide|radiation|pollut|environment|hazard|bioterror|"
        r"noise|winter|weather|household|oil spill|foreign bod|bruise|occupational|pesticide|motor|terror|war"
    ),
    "Living well and growing older": (
        r"healthy|aging|seniors|older|elder|exercise|fitness|wellness|walking|lifestyle|travel|caregiver|"
        r"hospice|end of life|advance directive|living|health|care|retire|disabilit|insurance|medicare|"
        r"medicaid|doctor|patient|rights|sport|work|family|pet|hygiene|internet|divorce|military|climate|"
        r"leisure|evaluating|relationship"
    ),
}
_PATTERNS = {theme: re.compile(rf"\b(?:{words})") for theme, words in _THEMES.items()}


def theme_of(title: str) -> str:
    text = title.lower()
    return next((theme for theme, pattern in _PATTERNS.items() if pattern.search(text)), OTHER)
