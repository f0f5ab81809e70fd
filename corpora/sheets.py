#!/usr/bin/env python3
"""Draws the sheets that a writer of interviews is given: who comes, how it is told, which needs must be told and how.

Needs are drawn independently of gender and origin. Usage: sheets.py WRITER SEED COUNT LANG[:WEIGHT] ... TAXONOMY
"""
import csv, random, sys

NEIGHBOURS = [
    "family_violence intimate_partner_violence elder_abuse family_conflict", "bullying discrimination online_harassment",
    "legal_capacity cognitive_decline legal_proceedings", "no_income insufficient_income unemployment benefit_problem",
    "debt housing_arrears energy_poverty online_fraud", "eviction_risk insecure_tenure homelessness housing_arrears",
    "mental_disorder psychological_distress suicide_risk bereavement", "adl_dependency iadl_difficulty self_neglect disability",
    "child_at_risk parenting_difficulty school_absence screen_overuse", "irregular_status asylum not_registered healthcare_access",
    "tech_control intimate_partner_violence online_harassment", "unfit_housing access_barriers overcrowding energy_poverty",
    "social_isolation lack_of_activity psychological_distress", "alcohol_use drug_use gambling", "prison_release legal_proceedings debt",
    "low_qualification language_barrier digital_exclusion iadl_difficulty", "caregiver_overload adl_dependency cognitive_decline",
    "chronic_illness disability healthcare_access", "separation family_conflict single_parenthood", "precarious_work unemployment insufficient_income",
]
STYLES = "walk_in person_voice coordination_report follow_up telegraphic_notes referral phone_call home_visit first_person prose".split()
HOUSEHOLDS = "three_generations single_parent shared_flat siblings couple_children couple institution_leaver with_parents alone".split()
ORIGINS = "Romania Ukraine Venezuela Roma_local Peru Gambia Colombia Brazil Senegal Nigeria Andalusia China Pakistan Morocco Honduras France Bolivia Georgia Mali Ecuador Algeria India Argentina Italy Bangladesh Dominican_Republic".split()


def main():
    writer, seed, count, *languages, taxonomy = sys.argv[1:]
    draw = random.Random(int(seed))
    needs = [row["code"] for row in csv.DictReader(open(f"{taxonomy}/needs.csv"))]
    asks = [row["code"] for row in csv.DictReader(open(f"{taxonomy}/demands.csv"))]
    names, weights = zip(*[(lang, float(weight or 1)) for lang, _, weight in (l.partition(":") for l in languages)])
    bag = []
    for number in range(1, int(count) + 1):
        lang = draw.choices(names, weights)[0]
        present = []
        for _ in range(draw.choices(range(8), [7, 6, 14, 22, 22, 16, 9, 4])[0]):
            if present and draw.random() < 0.35:
                groups = [group.split() for group in NEIGHBOURS if present[-1] in group.split()]
                code = draw.choice(draw.choice(groups)) if groups else draw.choice(needs)
            else:
                bag = bag or draw.sample(needs, len(needs))
                code = bag.pop()
            if code not in present and not {code, *present} >= {"no_income", "insufficient_income"}:
                present.append(code)
        rest = [code for code in needs if code not in present]
        near = [code for group in NEIGHBOURS for code in group.split() if code in rest and set(group.split()) & set(present)]
        other = lambda weights: [draw.choice(near if near and draw.random() < 0.5 else rest) for _ in range(draw.choices(range(len(weights)), weights)[0])]
        parts = {"+": present, "!": other([35, 40, 18, 7]), "~": other([60, 32, 8]), "*": other([60, 32, 8]),
                 "?": draw.sample(asks, draw.choices(range(4), [15, 42, 33, 10])[0])}
        seen = set()
        marks = []
        for mark, codes in parts.items():
            codes = [code for code in codes if not (code in seen or seen.add(code))]
            if codes:
                marks.append(mark + " " + " ".join(codes))
        sentences = max(4, len(present) + draw.choice([3, 4, 5, 5, 6, 7, 9]))
        gender = draw.choices("fmx", [50, 46, 4])[0]
        origin = "local" if draw.random() < 0.4 else draw.choice(ORIGINS)
        print(f"{lang}-{writer}-{number:03} lang={lang} style={draw.choice(STYLES)} gender={gender} age={draw.choice([draw.randint(18, 40), draw.randint(30, 67), draw.randint(60, 93)])}"
              f" origin={origin} household={draw.choice(HOUSEHOLDS)} sentences~{sentences} | " + " | ".join(marks))


main()
