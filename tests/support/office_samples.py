"""Small office documents built from XML: Word, OpenDocument and PowerPoint files with a given content."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

import docx

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_NAMES = (
    f'xmlns:w="{_W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_OPEN_NAMES = (
    f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" xmlns:table="{_ODF}:table:1.0"'
    f' xmlns:draw="{_ODF}:drawing:1.0" xmlns:style="{_ODF}:style:1.0" xmlns:fo="{_ODF}:xsl-fo-compatible:1.0"'
    f' xmlns:meta="{_ODF}:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_SLIDE_NAMES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    f' xmlns:r="{_OFFICE}" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def make_archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these parts."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def make_docx(body: str, footnotes: str = "") -> bytes:
    """A Word file with this XML as the body, and the footnotes if any."""
    packed = BytesIO()
    docx.Document().save(packed)
    with zipfile.ZipFile(packed) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = f"<w:document {_WORD_NAMES}><w:body>{body}</w:body></w:document>"
    if footnotes:
        parts["word/footnotes.xml"] = f"<w:footnotes {_WORD_NAMES}>{footnotes}</w:footnotes>"
        relations = parts["word/_rels/document.xml.rels"]
        assert isinstance(relations, bytes)
        relation = (
            f'<Relationship Id="rIdF" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/></Relationships>'
        )
        parts["word/_rels/document.xml.rels"] = relations.decode().replace("</Relationships>", relation)
    return make_archive(parts)


def make_odt(body: str, styles: str = "", meta: str = "") -> bytes:
    """An OpenDocument text with this XML as the text, automatic styles and metadata."""
    content = (
        f"<office:document-content {_OPEN_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return make_archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "meta.xml": f"<office:document-meta {_OPEN_NAMES}><office:meta>{meta}</office:meta>"
            "</office:document-meta>",
        }
    )


def make_pptx(slides: list[str], notes: Mapping[int, str] | None = None, hidden: int = -1) -> bytes:
    """A presentation with this XML in the shape trees of its slides; *notes* by the index of the slide."""

    def relations(*targets: tuple[str, str, str]) -> str:
        items = (
            f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for name, kind, target in targets
        )
        return f'<Relationships xmlns="{_RELATIONS}">{"".join(items)}</Relationships>'

    ids = "".join(f'<p:sldId id="{256 + i}" r:id="rId{i}"/>' for i in range(len(slides)))
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("rId1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {_SLIDE_NAMES}><p:sldIdLst>{ids}</p:sldIdLst>"
        "</p:presentation>",
        # The names of the parts do not have the order of the slides.
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"rId{i}", "slide", f"slides/slide{len(slides) - i}.xml") for i in range(len(slides)))
        ),
    }
    for i, shapes in enumerate(slides):
        name = f"slide{len(slides) - i}.xml"
        show = ' show="0"' if i == hidden else ""
        parts[f"ppt/slides/{name}"] = (
            f"<p:sld {_SLIDE_NAMES}{show}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
        if notes and i in notes:
            parts[f"ppt/slides/_rels/{name}.rels"] = relations(
                ("rId1", "notesSlide", f"../notesSlides/notes{i}.xml")
            )
            parts[f"ppt/notesSlides/notes{i}.xml"] = (
                f"<p:notes {_SLIDE_NAMES}><p:cSld><p:spTree>{notes[i]}</p:spTree></p:cSld></p:notes>"
            )
    return make_archive(parts)


def slide_shape(text: str, placeholder: str = "") -> str:
    """A shape of a slide with one paragraph for each line; *text* can contain XML of runs."""
    kind = f'<p:nvSpPr><p:nvPr><p:ph type="{placeholder}"/></p:nvPr></p:nvSpPr>' if placeholder else ""
    paragraphs = "".join(
        f"<a:p>{line if line.startswith('<') else f'<a:r><a:t>{line}</a:t></a:r>'}</a:p>"
        for line in text.split("\n")
    )
    return f"<p:sp>{kind}<p:txBody>{paragraphs}</p:txBody></p:sp>"


def sample_pptx() -> bytes:
    """A presentation with two slides."""
    return make_pptx([slide_shape("Second quay", "ctrTitle"), slide_shape("It took 14 months.")])
