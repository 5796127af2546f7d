"""Hostile texts, made from `payloads.json`, and what a page that showed them must not hold."""

import json
from itertools import product
from pathlib import Path

CALL = "window.pwned=1,alert(1)"


def expanded() -> list[str]:
    """Every form of every family, with each combination of its parameters."""
    families = json.loads(Path(__file__).with_name("payloads.json").read_text(encoding="utf-8"))
    found: list[str] = []
    for family in families.values():
        names = [name for name in family if name != "form"]
        for values in product(*(family[name] for name in names)):
            text = family["form"]
            for name, value in zip(names, values, strict=True):
                text = text.replace("{" + name + "}", value)
            found.append(text.replace("{call}", CALL))
    return list(dict.fromkeys(found))


PAYLOADS = expanded()
SENDABLE = [text.encode(errors="replace").decode() for text in PAYLOADS]
NUMBERED = list(enumerate(SENDABLE))
INDEXABLE = [text for text in SENDABLE if "\x00" not in text]

FAULTS = """() => {
    const own = new Set(("html head meta title link script body div header main section"
        + " article aside nav form h1 h2 h3 p q a button label textarea input output select option"
        + " ul ol li dl dt dd details summary span time mark table caption thead tbody tr th td"
        + " kbd code b footer dialog noscript svg path rect progress fieldset legend").split(" "));
    const faults = [];
    for (const node of document.querySelectorAll("*")) {
        const name = node.localName;
        if (!own.has(name)) faults.push(`<${name}>`);
        for (const { name: key, value } of node.attributes) {
            if (/^on|^srcdoc$|^formaction$/.test(key)) faults.push(`${name}[${key}]`);
            const isPlaced = ["tip", "question"].includes(node.id);
            if (key === "style" && !isPlaced) faults.push(`${name}[style]`);
            const isLink = key === "href" && name === "a";
            if (isLink && !/^(https?:|#|eval$)/.test(value)) faults.push(value);
        }
    }
    if (window.pwned !== undefined) faults.push("executed");
    if (document.querySelectorAll("script").length !== 1) faults.push("another script");
    if (document.querySelector("link[href^='//'], meta[http-equiv]")) faults.push("head");
    return faults;
}"""
