"""Feeds broken files to the importers, or broken stores to the reader: no crash, no hang, no heap of memory.

usage: Scripts/fuzz importers [--minutes N] [--seed S] [--only FORMAT,…]   files of every format, mended badly, and files
                                                                        made to do harm
       Scripts/fuzz store [--minutes N] [--seed S]         stores with bytes changed, cut off or swapped

With --only eml,tar.gz broken files of these formats alone, and the minutes are for each of them.

A fault is a process that ends by a signal, one that takes over 5 seconds for a file, and one that holds over 1 GB. The
files of a fault are kept in the folder that is printed. Ends with exit code 1 if there is one.
"""
import argparse
import gzip
import io
import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

DOSSIER, PROBE = os.environ["DOSSIER_BIN"], os.environ["PROBE_BIN"]
SECONDS, BYTES, BATCH = 5, 1 << 30, 24
WORDS = "Kim Jong Un met Vladimir Putin in Vladivostok on 25 April 2019. They spoke for two hours. "


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def pdf(lines):
    """A document of one page with these lines."""
    stream = "".join(f"BT /F1 12 Tf 50 {700 - 14 * n} Td ({line}) Tj ET\n" for n, line in enumerate(lines))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[4 0 R]/Count 1>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>/Contents 5 0 R>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in offsets)
    return (out + f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{start}\n%%EOF").encode()


def mail(boundary="Q", body=WORDS):
    return (
        "From: Ann <a@example.org>\nTo: Bob <b@example.org>\nSubject: =?utf-8?B?SGVsbG8=?=\nMessage-ID: <1@x>\n"
        f"Date: Tue, 8 Oct 2024 09:30:00 +0900\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary={boundary}\n\n"
        f"--{boundary}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n> quoted\n--{boundary}\n"
        f"Content-Type: text/html; name=a.html\nContent-Disposition: attachment\n\n<p>{body}</p>\n--{boundary}--\n")


def seeds():
    """A file of every format."""
    word = f'<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p></w:body></w:document>'
    odt = ('<office:document-content xmlns:office="o" xmlns:text="t"><office:body><office:text>'
           f"<text:p>{WORDS}</text:p></office:text></office:body></office:document-content>")
    container = '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
    book = ('<package><manifest><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>')
    row = "1\tKim\tKim\tPROPN\tNNP\t_\t2\tnsubj\t_\t_\n2\tmet\tmeet\tVERB\tVBD\t_\t0\troot\t_\t_\n\n"
    files = {
        "a.txt": WORDS * 5, "a.md": f"---\ntitle: T\ndate: 2024-10-08\n---\n# Head\n\n{WORDS}\n\n- a\n- b\n\n|a|b|\n|-|-|\n|c|d|\n",
        "a.html": f"<html lang=en><head><title>T</title><meta charset=utf-8></head><body><nav>x</nav><p>{WORDS}</p></body></html>",
        "a.jsonl": f'{{"id":"j","text":"{WORDS}","x":[1,2.5,{{"y":null}}]}}\n', "a.csv": f'id,text\nc,"{WORDS}"\n',
        "a.eml": mail(), "a.mbox": f"From x\n{mail()}\nFrom y\n{mail('R')}\n",
        "a.rtf": "{\\rtf1\\ansi{\\fonttbl{\\f0 A;}}\\f0 " + WORDS + "\\par \\u8364?\\'e9{\\*\\x y}}",
        "a.rss": f"<rss><channel><title>F</title><item><guid>g</guid><description>&lt;p&gt;{WORDS}</description></item></channel></rss>",
        "a.conllu": "# newdoc id = t\n" + row * 3,
    }
    files = {name: text.encode() for name, text in files.items()}
    files |= {
        "a.pdf": pdf([WORDS, "hyphen-", "ated"]), "a.docx": zipped({"word/document.xml": word}),
        "a.odt": zipped({"content.xml": odt}),
        "a.epub": zipped({"META-INF/container.xml": container, "b.opf": book, "a.xhtml": f"<p>{WORDS}</p>"}),
        "a.zip": zipped({"x/b.txt": WORDS, "c.eml": mail()}), "a.tar.gz": tarred({"b.txt": WORDS.encode()}),
    }
    return files


def harmful():
    """Files that are made to do harm."""
    zeros = b"0" * (300 << 20)
    bomb = zipped({"a.txt": zeros})
    nested = bomb
    for _ in range(4):
        nested = zipped({f"{n}.zip": nested for n in range(10)})
    deep = mail()
    for level in range(400):
        deep = f"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B{level}\n\n--B{level}\n{deep}\n--B{level}--\n"
    inside = mail()
    for level in range(60):
        inside = f"Subject: s{level}\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n{inside}"
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{entities}]><rss><channel><title>&e9;</title></channel></rss>'
    yield "bomb.zip", bomb
    yield "nested.zip", nested
    yield "bomb.txt.gz", gzip.compress(zeros)
    yield "bomb.docx", zipped({"word/document.xml": zeros})
    yield "many.zip", zipped({f"{n}.txt": "x" for n in range(2_000)})
    yield "out.tar.gz", tarred({"../../x.txt": b"x", "/etc/x.txt": b"x"})
    yield "deep.eml", deep.encode()
    yield "inside.eml", inside.encode()
    yield "deep.html", b"<div>" * 200_000 + b"x"
    yield "table.html", b"<table><tr><td>" * 50_000 + b"x"
    yield "lists.html", b"<ul><li><a>" * 20_000 + b"x"
    yield "consent.html", b"<div class=consent>" * 5_000 + b"x"
    yield "deep.rss", b"<rss><channel>" + b"<item>" * 100_000
    yield "laughs.rss", laughs.encode()
    yield "deep.jsonl", b'{"text":' + b"[" * 100_000 + b"\n"
    yield "deep.md", b"> " * 20_000 + b"x"
    yield "deep.rtf", b"{\\rtf1" + b"{" * 300_000 + b"x"
    yield "line.txt", WORDS.encode() * 550_000
    yield "quotes.csv", b'text\n"' + b'"",' * 1_000_000
    yield "yaml.md", b"---\na: &a [x,x]\n" + b"".join(b"b%d: &b%d [*a,*a,*a]\n" % (n, n) for n in range(2000)) + b"---\nx"


def broken(content, rng):
    """The same with a few faults."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        at = rng.randrange(len(content) + 1)
        size = min(len(content) - at, rng.choice([1, 1, 2, 4, 64, 1024]))
        match rng.randrange(7):
            case 0: content[at:at + size] = rng.randbytes(size)
            case 1: del content[at:at + size]
            case 2: content[at:at] = content[at:at + size] * rng.choice([1, 2, 50])
            case 3: content[at:at] = rng.choice([b"\0", b"\xff\xfe", b"<", b"{", b"}", b"\"", b"--Q\n", b"]]>", b"&#0;", b"\\u-1?", b"PK\3\4"])
            case 4 if content: content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            case 5: content = content[:at]
            case 6:
                other = rng.randrange(len(content) + 1)
                content[at:at + size] = content[other:other + size]
    return bytes(content)


def run(arguments, limit):
    """The exit code, seconds, bytes held at most."""
    start = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, time.monotonic() - start, usage.ru_maxrss * 1024
        if time.monotonic() - start > limit:
            process.kill()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = -9
            return None, time.monotonic() - start, usage.ru_maxrss * 1024
        time.sleep(0.002)


class Faults:
    """Counts what was tried, and keeps the files of each fault."""

    def __init__(self, scratch):
        self.scratch, self.count, self.tried, self.slowest, self.largest = scratch, 0, 0, 0, 0
        self.kept = Path(tempfile.gettempdir()) / f"dossier-faults-{os.getpid()}"

    def judge(self, what, paths, outcome):
        code, seconds, held = outcome
        self.tried += 1
        self.slowest, self.largest = max(self.slowest, seconds), max(self.largest, held)
        fault = ("takes too long" if code is None or seconds > SECONDS else f"ended by signal {-code}" if code < 0
                 else f"held {held >> 20} MB" if held > BYTES else None)
        if fault:
            self.count += 1
            self.kept.mkdir(exist_ok=True)
            for path in paths:
                shutil.copy(path, self.kept / f"{self.count}-{Path(path).name}")
            print(f"FAULT {what}: {fault} (kept in {self.kept})", flush=True)
        return fault


def load(folder, store):
    for file in store.parent.glob(store.name + "*"):
        file.unlink()
    return run([PROBE, str(store), str(folder), "0"], SECONDS * 4)


def harmful_files(faults):
    folder, store = faults.scratch / "files", faults.scratch / "s.dossier"
    for name, content in harmful():
        folder.mkdir()
        (folder / name).write_bytes(content)
        faults.judge(name, [folder / name], load(folder, store))
        shutil.rmtree(folder)
    print(f"{len(list(harmful()))} harmful files")


def broken_files(faults, rng, end, good):
    folder, store = faults.scratch / "files", faults.scratch / "s.dossier"
    files = 0
    while time.monotonic() < end:
        folder.mkdir()
        for number in range(BATCH):
            name = rng.choice(list(good))
            (folder / f"{number}{name}").write_bytes(broken(good[name], rng))
        files += BATCH
        code, seconds, held = load(folder, store)
        # A batch may take as long as a file; one that takes longer, or fails, is looked at file by file.
        if code is None or code < 0 or seconds > SECONDS or held > BYTES:
            for path in sorted(folder.iterdir()):
                one = faults.scratch / "one"
                one.mkdir()
                shutil.copy(path, one)
                faults.judge(path.name, [path], load(one, store))
                shutil.rmtree(one)
        else:
            faults.judge("batch", [], (code, seconds, held))
        shutil.rmtree(folder)
    return files


def stores(faults, rng, end):
    folder, store = faults.scratch / "files", faults.scratch / "whole.dossier"
    folder.mkdir()
    for name, content in seeds().items():
        (folder / name).write_bytes(content)
    load(folder, store)
    whole, broken_store = store.read_bytes(), faults.scratch / "broken.dossier"
    tried = 0
    queries = [
        ["query", str(broken_store), "union withsource=T Documents, Sentences, Tokens, Mentions, Entities, Relations, Imports | count"],
        ["query", str(broken_store), "search 'Putin' | take 5"], ["query", str(broken_store), "Documents | project DocId, Text, Meta"],
        ["doctor", str(broken_store)],
    ]
    while time.monotonic() < end:
        content = bytearray(whole)
        match rng.randrange(4):
            case 0:
                for _ in range(rng.choice([1, 4, 64])): content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            case 1: content = content[:rng.randrange(len(content))]
            case 2:
                a, b = (rng.randrange(len(content) // 4096) * 4096 for _ in range(2))
                content[a:a + 4096], content[b:b + 4096] = content[b:b + 4096], content[a:a + 4096]
            case 3:
                at = rng.randrange(len(content))
                content[at:at + 256] = rng.randbytes(min(256, len(content) - at))
        for file in faults.scratch.glob("broken.dossier*"):
            file.unlink()
        broken_store.write_bytes(content)
        tried += 1
        arguments = rng.choice(queries)
        faults.judge(f"{arguments[0]} of a broken store", [broken_store], run([DOSSIER, *arguments], SECONDS * 2))
    print(f"{tried} broken stores")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["importers", "store"])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    good = seeds()
    formats = [f"a.{ending}" for ending in options.only.split(",") if ending]
    if unknown := [name for name in formats if name not in good]:
        parser.error(f"no format {unknown[0][2:]}; there are {', '.join(name[2:] for name in good)}")
    # A crash is one of ours: no core files, no backtraces.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["SWIFT_BACKTRACE"] = "enable=no"
    scratch = Path(tempfile.mkdtemp(prefix="dossier-fuzz-"))
    try:
        faults = Faults(scratch)
        rng, seconds = random.Random(options.seed), options.minutes * 60
        if options.what == "store":
            stores(faults, rng, time.monotonic() + seconds)
        elif formats:
            for name in formats:
                files = broken_files(faults, rng, time.monotonic() + seconds, {name: good[name]})
                print(f"{files} broken files of {name[2:]}, slowest batch so far {faults.slowest:.1f} s", flush=True)
        else:
            harmful_files(faults)
            print(f"{broken_files(faults, rng, time.monotonic() + seconds, good)} broken files")
    finally:
        shutil.rmtree(scratch)
    print(f"{faults.tried} runs, {faults.count} faults; slowest {faults.slowest:.1f} s, largest {faults.largest >> 20} MB")
    sys.exit(1 if faults.count else 0)


if __name__ == "__main__":
    main()
