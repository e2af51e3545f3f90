"""Scores what `dossier annotate` reads from the hand-made set of claims; see Scripts/score and Tests/ClaimSet/claims.txt.

A text is right if all that its lines say is found and nothing contradicts them. A claim is found if there is a
relation with its subject, predicate and object, and it is right if each relation with these three has its
polarity, certainty and speakers. Articles, case, quotation marks and what follows an argument's words do not count; a
predicate may have the verbs that lead to it in front.
"""
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "Tests" / "ClaimSet" / "claims.txt"
CERTAINTIES = {"asserted", "reported", "probable", "possible", "planned", "conditional"}


@dataclass
class Claim:
    line: str
    subjects: list
    predicates: list
    objects: list
    polarities: set = field(default_factory=lambda: {False})
    certainties: set = field(default_factory=set)
    speakers: list = field(default_factory=list)


@dataclass
class Item:
    section: str
    text: str
    claims: list = field(default_factory=list)
    never: list = field(default_factory=list)
    quotes: list = field(default_factory=list)


def words(text):
    """A text's words as they are compared."""
    plain = re.sub(r"[’‘]", "'", text.lower())
    return [w for w in re.findall(r"[\w'.,-]*\w", plain) if w not in ("the", "a", "an")]


def choices(text):
    return [words(part) for part in re.split(r" or ", text.strip())]


def read_claim(line):
    parts = [part.strip() for part in line.split("|")]
    claim = Claim(line, choices(parts[0]), choices(parts[1]), choices(parts[2]) if len(parts) > 2 else [[]])
    for part in parts[3:]:
        if part.startswith("by "):
            claim.speakers = [choices(speaker) for speaker in part[3:].split(">")]
            continue
        for word in part.split(" or "):
            if word == "not":
                claim.polarities = {True}
            elif word in CERTAINTIES:
                claim.certainties.add(word)
            else:
                sys.exit(f"{FILE.name}: '{word}' is not understood in: {line}")
        # "not or possible": either denied, or no more than that.
        if "not" in part.split(" or ") and " or " in part:
            claim.polarities = {True, False}
    claim.certainties = claim.certainties or {"asserted"}
    if claim.polarities == {True, False}:
        claim.certainties |= {"asserted"}
    return claim


def read_items(lines):
    items, section = [], ""
    for line in lines:
        line = line.rstrip("\n")
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("=="):
            section = line.strip("= ")
        elif not line.startswith(" "):
            items.append(Item(section, line))
        elif line.strip().startswith("quote "):
            speaker, text, kind = (part.strip() for part in line.strip()[6:].split("|"))
            items[-1].quotes.append((line.strip(), choices(speaker), words(text), kind == "direct"))
        elif line.strip().startswith("never "):
            items[-1].never.append(read_claim(line.strip()[6:]))
        else:
            items[-1].claims.append(read_claim(line.strip()))
    return items


def starts(wanted, *texts):
    """Whether one of the texts begins with one of the choices; an empty choice wants an empty text."""
    return any(
        found[:len(choice)] == choice if choice else not found
        for choice in wanted for found in map(words, texts))


def is_form(word, lemma):
    """Whether a word of a predicate is a lemma or its gerund, as in "stop producing"."""
    return word in (lemma, lemma + "ing", lemma[:-1] + "ing", lemma + lemma[-1] + "ing")


def ends(predicate, choice):
    tail = predicate[-len(choice):]
    return len(tail) == len(choice) and all(map(is_form, tail, choice))


def is_of(claim, row):
    predicate = row["Predicate"].split()
    return (
        starts(claim.subjects, row["Subject"], row["SubjectText"])
        and any(ends(predicate, choice) for choice in claim.predicates)
        and (claim.objects == [[]] or starts(claim.objects, row["Object"], row["ObjectText"])))


def has_speakers(claim, row):
    return len(row["Speakers"]) == len(claim.speakers) and all(
        starts(wanted, found) for wanted, found in zip(claim.speakers, row["Speakers"]))


def faults(item, tables):
    """What is wrong in a text, one line a fault."""
    found = []
    for claim in item.claims:
        rows = [row for row in tables["Relations"] if is_of(claim, row)]
        if not rows:
            found.append(f"missing: {claim.line}")
        for row in rows:
            said = f"{'not ' if row['Negated'] else ''}{row['Certainty']} by {' > '.join(row['Speakers'])}"
            if row["Negated"] not in claim.polarities or row["Certainty"] not in claim.certainties:
                found.append(f"claimed otherwise ({said}): {claim.line}")
            elif not has_speakers(claim, row) and (claim.speakers or "reported" not in claim.certainties):
                found.append(f"said by another ({said}): {claim.line}")
    for claim in item.never:
        found += [f"should not be: {claim.line}" for row in tables["Relations"] if is_of(claim, row)]
    for line, speaker, text, isDirect in item.quotes:
        if not any(row["Direct"] == isDirect and words(row["Text"]) == text and starts(speaker, row["Speaker"])
                   for row in tables["Quotes"]):
            found.append(f"missing: {line}")
    return found


def measure(full):
    """Annotates and scores the set: prints the texts that are not right if asked to, and gives a summary and the percentage."""
    with open(FILE, encoding="utf-8") as file:
        items = read_items(file)
    # Of the same day as the shared article.
    lines = "".join(
        json.dumps({"id": str(n), "text": item.text, "published": "2024-10-08"}) + "\n"
        for n, item in enumerate(items))
    run = subprocess.run(
        [os.environ["DOSSIER_BIN"], "annotate"], input=lines, capture_output=True, text=True, check=True)
    sections, fault_count = {}, 0
    for item, line in zip(items, run.stdout.splitlines(), strict=True):
        tables = json.loads(line)["tables"]
        found = faults(item, tables)
        fault_count += len(found)
        right, total = sections.get(item.section, (0, 0))
        sections[item.section] = (right + (not found), total + 1)
        if found and full:
            print_faults(item, found, tables)
    right = sum(right for right, _ in sections.values())
    summary = [f"{section:28} {right:3} of {total:3}" for section, (right, total) in sections.items()]
    line_count = sum(len(item.claims) + len(item.quotes) for item in items)
    summary.append(f"{right} of {len(items)} texts right; {fault_count} faults in {line_count} lines")
    return "\n".join(summary), 100 * right / len(items)


def print_faults(item, found, tables):
    print(item.text)
    for fault in found:
        print(f"    {fault}")
    for row in tables["Relations"]:
        print(f"      = {row['Subject']} | {row['Predicate']} | {row['Object']} | "
              f"{'not ' if row['Negated'] else ''}{row['Certainty']} | {' > '.join(row['Speakers'])}")
    for row in tables["Quotes"] if item.quotes else []:
        print(f"      \" {row['Speaker']} | {row['Text']} | {'direct' if row['Direct'] else 'indirect'}")


if __name__ == "__main__":
    summary, figure = measure(full="--full" in sys.argv)
    print(summary)
    print(f"HEADLINE claims texts right = {figure:.1f}")
