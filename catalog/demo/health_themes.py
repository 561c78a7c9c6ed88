"""Themes of the health topics, which the source does not sort: by words of the title, the first theme that fits."""

from __future__ import annotations

import re

OTHER = "More health topics"
_THEMES = {
    "Cancer": "cancer|leukemia|lymphoma|tumor|melanoma|myeloma|sarcoma|neuroblastoma|mesothelioma|chemotherapy|"
    "radiation therapy|mammography|myelodysplastic|neuroma|pheochromocytoma|carcinoid",
    "Pregnancy and women's health": "pregnan|birth|prenatal|cesarean|breast|menopaus|menstru|premenstrual|uter|ovar|"
    "cervi|vagin|endometrio|miscarriage|abortion|stillbirth|labor$|women|infertil|female|tubal|mastectomy|rh incompat|hysterectomy|preconception|pelvic|fertil|"
    "postpartum|vulvar|reproductive|birth control|ectopic|mothers|fetal health",
    "Children and teenagers": "child|infant|baby|teen|toddler|newborn|premature babies|puberty|parent|adopti|bully|"
    "school|toilet training|fetal alcohol|sudden infant|youth|underage|cleft lip|growth disorder|down syndrome|"
    "autism|attention deficit",
    "Alcohol, tobacco and drugs": "alcohol|smok|tobacco|drug abuse|cocaine|heroin|marijuana|methamphet|club drugs|"
    "inhalants|steroids|gambling|dual diagnosis|secondhand|opioid|impaired driving|substance|e-cigar|caffeine",
    "Diabetes and hormones": "diabet|prediab|a1c|blood sugar|thyroid|hyperthy|hypothy|hormon|adrenal|pituitary|addison|cushing|insulin|"
    "parathyroid|hypoglyc|hyperglyc|metabolic|endocrine|obesity|goiter",
    "Heart and circulation": "heart|cardi|pericard|endocard|mitral|statins|raynaud|edema|arter|angi|blood pressure|cholesterol|stroke|arrhythmia|atrial|vascul|vein|"
    "varicose|aneurysm|circulat|pacemaker|thrombo|embolism|blood clot|blood thinner|triglyceride|aort|shock|cpr|"
    "atherosclerosis|rehabilitation, cardiac|hypotension|fainting",
    "Lungs and breathing": "lung|asthma|bronch|pulmon|pneumon|breath|copd|respirat|cough|emphysema|oxygen|trache|"
    "croup|sleep apnea|cystic fibrosis|inhalation|sinus|nasal|nose|throat|common cold|cold and|tonsil|snor|pleural|hay fever|air pollution|radon|asbestos",
    "Kidneys and bladder": "kidney|bladder|urin|dialysis|renal|ureter|urethra|incontinence|interstitial cystitis",
    "Digestion": "digest|stomach|bowel|colon|intestin|liver|hepatitis|cirrhosis|gall|pancrea|esophag|gastro|diarrhea|"
    "constipation|hemorrhoid|hernia|ulcer|crohn|celiac|anal |rectal|heartburn|gerd|bile|nausea|appendi|abdominal|"
    "swallowing|ostomy|jaundice|irritable|lactose|gas\\b|peritoneal|anus|hiccup|diverticul",
    "Mind and mood": "mental|depress|anxi|bipolar|schizo|phobia|panic|suicid|stress|mood|obsessive|psych|eating disord|"
    "self-harm|grief|bereave|ptsd|personality|compulsive|coping|tourette|postpartum depression|seasonal affective",
    "Brain and nerves": "brain|nerv|neuro|alzheimer|dementia|parkinson|epilep|seizure|migraine|headache|sclerosis|"
    "paralysis|palsy|mening|spinal cord|coma|concussion|memory|dizz|balance problem|tremor|aphasia|huntington|"
    "hydrocephal|encephal|guillain|restless leg|sleep|insomnia|ataxia|cerebell|autonomic|dystonia|chiari|spina bifida|"
    "delirium|speech|stutter|learning disorder|narcolepsy|syringomyelia|head injur|movement disorder|rett|myasthen|trigemin|neuralgia|cognitive|lewy|creutz|transient isch",
    "Bones, joints and muscles": "bone|joint|muscl|arthrit|back |back$|knee|hip |hip$|shoulder|ankle|foot h|foot i|feet|hand |"
    "wrist|elbow|arm |leg |neck|spine|spinal|scolio|osteo|ankylos|myosit|fractur|sprain|disloc|gout|tendin|bursitis|lupus|"
    "fibromyalgia|carpal|cartilage|rotator|ligament|dystroph|limb|toe |finger|heel|herniated|sciatica|rickets|"
    "sports injur|ergonomic|collagen|connective|marfan|ehlers|polymyalgia|walking|cast|tailbone|dwarfism|temporomandib",
    "Skin, hair and nails": "skin|hair|nail|acne|eczema|psoria|rosacea|rash|itch|hives|burn|scar|wart|lice|scabies|"
    "vitiligo|sun expos|sweat|cellulitis|blister|corns|impetigo|pressure sore|cosmetic|piercing|tattoo|pigment|mole|"
    "birthmark|poison ivy|scleroderma|wrinkle|tanning|dandruff|athlete|hidraden|pemphig",
    "Eyes, ears and mouth": "eye|vision|retina|catarac|glaucoma|macular|blind|ear |ears|ear$|hearing|tinnitus|tooth|teeth|"
    "dental|dent|gum |mouth|tongue|salivary|voice|cornea|pinkeye|refractive|orthodon|taste|smell|oral|lip|jaw|"
    "deaf|cochlear|usher|meniere|amblyopia|uveitis",
    "Sex and men's health": "sexual|men's|prostate|testic|penis|erectile|vasectomy|syphilis|gonorrhea|chlamydia|"
    "herpes|cold sore|genital|hpv|trichomon|male |circumcision|domestic violence|gay|lesbian|birth control|hiv",
    "Infections": "infect|virus|viral|bacteri|flu |flu$|fever|vaccin|immuniz|measles|mumps|rubella|tubercul|malaria|"
    "tetanus|cholera|plague|anthrax|lyme|rabies|parasit|worm|fung|mold|staph|strep|sepsis|shingles|chickenpox|polio|"
    "diphtheria|west nile|salmonel|e\\. coli|hantavirus|ebola|mononucleosis|whooping|yeast|tick|mosquito|leprosy|"
    "germ|abscess|smallpox|influenza|botulism|legionn|toxoplas|cat scratch|pox|antibiotic|rickett|giardia|tinea|"
    "zika|typhoid|leishman|amebiasis|histoplas|aspergill|sporotrich|valley fever|gangrene|encephalitis|biodefense|"
    "hepatitis|insect|spider|animal|mrsa|chagas|dengue|chikung|cryptosp|fifth dis|pinworm|bedbug",
    "Blood, genes and immune system": "blood|anemia|hemoph|sickle|gene|allerg|immun|transplant|lymph|spleen|"
    "hemochromat|thalassemia|platelet|porphyria|sarcoidosis|anaphyla|marrow|syndrome|deficiency|wilson|sjogren|"
    "bleeding|phenylketon|amyloid|birth defect|rare disease|tay-sachs|gaucher|mitochond|thymus|lipid metab|leukodys",
    "Food and nutrition": "food|nutri|diet|vitamin|calcium|iron|sodium|potassium|mineral|protein|fats|carbohyd|fiber|gluten|"
    "weight|eating|vegetar|vegan|cooking|supplement|antioxidant|folic|drinking water|herbal|probiotic|fluid|"
    "dehydrat|malnutrition|magnesium|cholesterol diet",
    "Tests, medicines and surgery": "test|medicine|surgery|imaging|scan|mri|x-ray|ultrasound|biopsy|endoscop|"
    "anesthesia|screening|transfus|therapy|acupunct|clinical trial|prosthe|artificial|implant|pain reliever|pain|"
    "drug|laborator|checkup|palliative|hospital|surgic|health record|rehabilitation|alternative|organ donation|"
    "assistive|mobility aid|devices|nursing|critical care|catheter|chiropractic|anti",
    "Safety and first aid": "safety|first aid|injur|poison|emergenc|bite|sting|chok|drown|frostbite|hypothermia|heat |"
    "wound|bleed|fire|disaster|hurricane|flood|tornado|earthquake|tsunami|volcano|lead |mercury|arsenic|chemical|"
    "violence|abuse|accident|fall|electric|carbon monoxide|radiation|pollut|environment|hazard|bioterror|noise|"
    "winter|weather|household|oil spill|foreign bod|bruise|occupational|pesticide|motor|terror|war",
    "Living well and growing older": "healthy|aging|seniors|older|elder|exercise|fitness|wellness|walking|lifestyle|"
    "travel|caregiver|hospice|end of life|advance directive|living|health|care|retire|disabilit|insurance|medicare|"
    "medicaid|doctor|patient|rights|sport|work|family|pet|hygiene|internet|divorce|military|climate|leisure|"
    "evaluating|relationship",
}
_PATTERNS = {theme: re.compile(rf"\b(?:{words})") for theme, words in _THEMES.items()}


def theme_of(title: str) -> str:
    text = title.lower()
    return next((theme for theme, pattern in _PATTERNS.items() if pattern.search(text)), OTHER)
