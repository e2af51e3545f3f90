"""Checks what Dossier writes by the libraries that read it: a Jupyter notebook by nbformat, a network by networkx,
entities by FollowTheMoney, and a report's accessibility by axe-core in Chromium, light and dark. Run by Scripts/interop.
"""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import axe_playwright_python
import followthemoney
import nbformat
import networkx

BINARY = os.environ["DOSSIER_BIN"]
NOTEBOOKS = pathlib.Path("Notebooks")
FORMER = "The Soviet Union signed a treaty with Yugoslavia in Moscow. Leonid Brezhnev met Josip Tito in Belgrade.\n"


def dossier(*words):
    """Runs the program; gives its standard output."""
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"dossier {' '.join(map(str, words))}: {done.stderr}")
    return done.stdout


def notebooks(folder):
    """Each sample notebook as Jupyter's, valid, and back again with the same queries."""
    checked = 0
    for path in sorted(NOTEBOOKS.glob("**/*.md")):
        if path.name == "reference.md":
            continue
        # Beside the original, so that its paths lead to the documents.
        there = path.with_name(f".interop-{path.stem}.ipynb")
        try:
            dossier("run", path, "-o", there)
            book = nbformat.read(there, as_version=4)
            nbformat.validate(book)
            again = folder / "again.md"
            dossier("run", there, "-o", again)
            cells = re.findall(r"(?ms)^ *```kql.*?^ *```$", path.read_text())
            bare = [re.sub(r"(?m)^ +", "", cell) for cell in cells]
            for cell in bare:
                assert cell in re.sub(r"(?m)^ +", "", again.read_text()), (path, cell)
            checked += sum(cell.cell_type == "code" for cell in book.cells)
        finally:
            there.unlink(missing_ok=True)
            shutil.rmtree(folder / "again.assets", ignore_errors=True)
    print(f"nbformat {nbformat.__version__}: {checked} cells valid, and the same queries again")
    assert checked > 30


def network(store):
    """The network of entities, with all nodes and relations."""
    path = store.with_name("network.graphml")
    dossier("export", store, "--format", "graphml", "-o", path)
    graph = networkx.read_graphml(path)
    entities = int(dossier("query", store, "Entities | count", "--format", "csv").split()[1])
    query = "Relations | where isnotempty(SubjectId) and isnotempty(ObjectId) | count"
    relations = int(dossier("query", store, query, "--format", "csv").split()[1])
    assert graph.number_of_nodes() == entities and graph.number_of_edges() == relations
    assert all(data["label"] and data["type"] for _, data in graph.nodes(data=True))
    assert all(data["cite"] and data["evidence"] for _, _, data in graph.edges(data=True))
    print(f"networkx {networkx.__version__}: {entities} nodes, {relations} edges")


def money(store):
    """FollowTheMoney entities, each valid, links between entities that are there."""
    lines = dossier("export", store, "--format", "ftm", "-o", "-").splitlines()
    proxies = []
    for line in lines:
        proxy = followthemoney.model.get_proxy(json.loads(line), cleaned=False)
        # What the library takes out as invalid would be missing then.
        for name, values in json.loads(line)["properties"].items():
            assert len(proxy.get(name)) == len(set(values)), (line, name, proxy.get(name))
        proxy.schema.validate(proxy.to_dict())
        proxies.append(proxy)
    ids = {proxy.id for proxy in proxies}
    links = [proxy for proxy in proxies if proxy.schema.name == "UnknownLink"]
    for link in links:
        for name in ("subject", "object", "proof"):
            assert set(link.get(name)) <= ids and link.get(name), link.to_dict()
    countries = {code for proxy in proxies for code in proxy.get("country", quiet=True)}
    assert {"suhh", "yucs"} & countries, countries
    print(f"followthemoney {followthemoney.__version__}: {len(proxies)} entities valid, {len(links)} links")


def accessibility(folder):
    """The sample reports by axe-core's rules for WCAG 2.2 AA and its best practices."""
    axe = pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js"
    version = re.search(r"axe v([\d.]+)", axe.read_text()).group(1)
    for path in [NOTEBOOKS / "friendship.md", NOTEBOOKS / "claims.md", NOTEBOOKS / "guide/explore.md"]:
        page = folder / f"{path.stem}.html"
        dossier("run", path, "-o", page)
        text = page.read_text()
        assert len(text.encode()) < 1_000_000
        # The page's own policy would forbid the check.
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        check = (
            "<script>" + axe.read_text() + "</script><script>addEventListener('load', async () => {"
            "for (const box of document.querySelectorAll('details')) box.open = true;"
            "const found = await axe.run(document);"
            "document.documentElement.innerHTML = '<body></body>';"
            "document.body.textContent = JSON.stringify(found.violations.map(v => [v.id, v.help, v.nodes[0].html])"
            ".concat([['passes', found.passes.length, '']])); });</script></body>"
        )
        copy = folder / "checked.html"
        copy.write_text(text.replace("</body>", check))
        for scheme, name in [(1, "light"), (0, "dark")]:
            dom = subprocess.run(
                [
                    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    f"--user-data-dir={folder}/profile", "--window-size=1200,900", "--virtual-time-budget=20000",
                    f"--blink-settings=preferredColorScheme={scheme}", "--dump-dom", copy.as_uri(),
                ],
                capture_output=True, text=True,
            ).stdout
            body = re.search(r"(?s)<body>(.*)</body>", dom)
            *violations, (_, passes, _) = json.loads(html.unescape(body.group(1)))
            assert passes > 15, dom
            for violation in violations:
                print(f"{path}, {name}: {violation}", file=sys.stderr)
            assert not violations, path
    print(f"axe-core {version}: no violation in three reports, light and dark")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "former.txt").write_text(FORMER)
        store = folder / "samples.dossier"
        dossier("load", store, NOTEBOOKS / "documents", folder / "former.txt")
        notebooks(folder)
        network(store)
        money(store)
        accessibility(folder)
    print("HEADLINE interop_peers_satisfied = 4")


main()
