"""Checks request bodies against Discord's documented limits and its OpenAPI description.

The limits are those of discord.com/developers/docs (Message, Embed, Component, Interaction, Modal
and Application Command objects). Lengths are in UTF-16 code units, the strictest interpretation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from repository import SHARED

Json = dict[str, Any]
OPENAPI = SHARED / "specs" / "discord-openapi.json"
PINGS = re.compile(r"@(everyone|here)")
HALF_MARKER = re.compile(r"(?<!\\)\[\d*\s*$")


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def violations(method: str, template: str, body: Any) -> list[str]:
    """What Discord or a moderator would reject in a request body; empty if it is valid."""
    found = [f"unescaped ping in {text!r}" for text in strings(body) if PINGS.search(text)]
    if "commands" in template:
        return [*found, *openapi_violations(method, template, body)]
    if template.endswith("/callback"):
        found += _callback(body)
    elif template.endswith("/threads"):
        found += _length("thread name", body.get("name", ""), 1, 100)
    elif "/messages" in template or template.startswith("/webhooks"):
        found += _message(body, edit=method == "PATCH")
    return [*found, *openapi_violations(method, template, body)]


def strings(value: Any) -> Iterator[str]:
    """Every string value of a JSON body."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def _length(name: str, text: str, minimum: int, maximum: int) -> list[str]:
    if minimum <= units(text) <= maximum:
        return []
    return [f"{name} has {units(text)} characters, allowed are {minimum} to {maximum}"]


def _callback(body: Json) -> list[str]:
    kind, data = body["type"], body.get("data") or {}
    if kind in (4, 7):
        return _message(data, edit=kind == 7)
    if kind == 8:
        return _choices(data.get("choices", []))
    if kind == 9:
        return _modal(data)
    return []


def _choices(choices: list[Json]) -> list[str]:
    found = [] if len(choices) <= 25 else [f"{len(choices)} choices"]
    for choice in choices:
        found += _length("choice name", choice["name"], 1, 100)
        found += _length("choice value", str(choice["value"]), 1, 100)
    return found


def _modal(data: Json) -> list[str]:
    found = _length("modal title", data["title"], 1, 45) + _length("custom_id", data["custom_id"], 1, 100)
    if not 1 <= len(data["components"]) <= 5:
        found.append(f"a modal with {len(data['components'])} components")
    for row in data["components"]:
        inner = row.get("component") or row["components"][0]
        found += _length("custom_id", inner["custom_id"], 1, 100)
        if row.get("label"):
            found += _length("label", row["label"], 1, 45)
        if inner["type"] == 4 and inner.get("placeholder"):
            found += _length("placeholder", inner["placeholder"], 1, 100)
    return found


def _message(body: Json, *, edit: bool) -> list[str]:
    content, embeds = body.get("content") or "", body.get("embeds") or []
    found = _length("content", content, 0, 2000)
    if not edit and not content and not embeds:
        found.append("an empty message")
    if body.get("allowed_mentions", {}).get("parse") != []:
        found.append("allowed_mentions is not none")
    if len(embeds) > 10:
        found.append(f"{len(embeds)} embeds")
    if sum(_embed_size(embed) for embed in embeds) > 6000:
        found.append(f"embeds with {sum(map(_embed_size, embeds))} characters")
    for embed in embeds:
        found += _embed(embed)
    return found + _components(body.get("components") or [])


def _embed_size(embed: Json) -> int:
    fields = embed.get("fields", [])
    texts = [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    texts += [embed.get("author", {}).get("name", "")] + [field["name"] + field["value"] for field in fields]
    return sum(units(text.strip()) for text in texts)


def _embed(embed: Json) -> list[str]:
    description = embed.get("description", "")
    found = _length("title", embed.get("title", ""), 0, 256) + _length("description", description, 0, 4096)
    found += _length("footer", embed.get("footer", {}).get("text", ""), 0, 2048)
    found += _length("author", embed.get("author", {}).get("name", ""), 0, 256)
    if len(embed.get("fields", [])) > 25:
        found.append("more than 25 fields")
    for field in embed.get("fields", []):
        found += _length("field name", field["name"].strip(), 1, 256)
        found += _length("field value", field["value"].strip(), 1, 1024)
    if description.count("```") % 2:
        found.append("a split code fence")
    if HALF_MARKER.search(description):
        found.append(f"half a marker at the end of {description[-20:]!r}")
    return found


def _components(rows: list[Json]) -> list[str]:
    found = [] if len(rows) <= 5 else [f"{len(rows)} rows"]
    ids: set[str] = set()
    for row in rows:
        if not 1 <= len(row["components"]) <= 5:
            found.append(f"{len(row['components'])} buttons in a row")
        for button in row["components"]:
            found += _length("button label", button.get("label", ""), 0, 80)
            if button.get("style") == 5:
                found += _length("button url", button["url"], 1, 512)
                continue
            found += _length("custom_id", button["custom_id"], 1, 100)
            if button["custom_id"] in ids:
                found.append(f"duplicate custom_id: {button['custom_id']}")
            ids.add(button["custom_id"])
    return found


def openapi_violations(method: str, template: str, body: Any) -> list[str]:
    """Violations of Discord's published OpenAPI description; none if the file is missing."""
    validator = _validator(method.lower(), template)
    if validator is None:
        return []
    best = jsonschema.exceptions.best_match(validator.iter_errors(_normalized(body)))
    return [f"OpenAPI: {best.json_path}: {best.message[:300]}"] if best else []


def _normalized(value: Any, name: str = "") -> Any:
    """A body without what Discord accepts although its description does not allow it.

    These are ids as numbers (as discord.py sends them), and channel type 16.
    """
    if isinstance(value, dict):
        return {key: _normalized(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_normalized(item) for item in value if name != "channel_types" or item != 16]
    is_id = name in {"message_id", "channel_id", "guild_id", "recipient_id"} and isinstance(value, int)
    return str(value) if is_id else value


@cache
def _description() -> Json | None:
    if not OPENAPI.is_file():
        return None
    description: Json = json.loads(OPENAPI.read_text(encoding="utf-8"))
    return description


@cache
def _validator(method: str, template: str) -> jsonschema.Draft202012Validator | None:
    description = _description()
    operation = description["paths"].get(template, {}).get(method) if description else None
    if description is None or operation is None or "requestBody" not in operation:
        return None
    resource = Resource.from_contents(description, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:discord", resource)
    path = template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    pointer = f"#/paths/{path}/{method}/requestBody/content/application~1json/schema"
    return jsonschema.Draft202012Validator({"$ref": "urn:discord" + pointer}, registry=registry)
