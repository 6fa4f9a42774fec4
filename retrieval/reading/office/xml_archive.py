"""Reads the XML parts of a ZIP-based document (OpenDocument, PowerPoint) within limits."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

from retrieval.errors import ReadError
from retrieval.reading.document.element_tree import Element

_MAX_XML_BYTES = 32 * 2**20  # of all parts that are read, decompressed: rejects zip bombs


class XmlArchive:
    """The XML parts of an archive; *kind* names the format in errors."""

    def __init__(self, archive: zipfile.ZipFile, kind: str) -> None:
        self._archive = archive
        self._kind = kind
        self._remaining = _MAX_XML_BYTES
        self._names = frozenset(archive.namelist())

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def parse(self, name: str) -> Element:
        """The root element of a part. Raises ReadError if it is too large or damaged, KeyError if missing."""
        from lxml import etree  # heavy: imported only when needed

        size = self._archive.getinfo(name).file_size
        self._remaining -= size
        if self._remaining < 0:
            raise ReadError(
                f"The {self._kind} file is too large: more than {_MAX_XML_BYTES // 2**20} MB of text."
            )
        with self._archive.open(name) as part:
            data = part.read(size + 1)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        root: Element = etree.fromstring(data, parser)
        return root

    def related(self, name: str) -> Mapping[str, tuple[str, str]]:
        """The parts that a part refers to: id -> type (its last word) and name."""
        folder, base = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self:
            return {}
        return {
            relation.attrib["Id"]: (
                relation.attrib.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join(folder, relation.attrib["Target"])).lstrip("/"),
            )
            for relation in self.parse(relations)
            if "Id" in relation.attrib and relation.attrib.get("TargetMode") != "External"
        }


@contextmanager
def open_archive(data: bytes, kind: str) -> Iterator[XmlArchive]:
    """The archive of a document. Raises ReadError if it is damaged, also while it is being read."""
    from lxml import etree

    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield XmlArchive(archive, kind)
    except (
        zipfile.BadZipFile,
        etree.LxmlError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        raise ReadError(f"The {kind} file is damaged or encrypted.") from error


def local_name(element: Element) -> str:
    """The name of an element without its namespace; empty for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The attribute with a local name, in any namespace."""
    value = element.attrib.get(name)
    if value is not None:
        return value
    suffix = "}" + name
    return next((value for key, value in element.attrib.items() if key.endswith(suffix)), None)
