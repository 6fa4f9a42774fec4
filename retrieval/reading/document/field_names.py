"""The names of fields in exports, dumps, APIs and front matter, in lower case and in order of preference."""

from __future__ import annotations

METADATA_FIELDS = {
    "title": tuple(
        "title headline webtitle web_title heading subject post_title titel título titulo titre titolo "
        "заголовок 标题 タイトル".split()
    ),
    "publisher": tuple(
        "publisher source site site_name outlet publication newspaper publisher_name source_name sourcename "
        "website subreddit_name_prefixed quelle fuente fonte источник 来源".split()
    ),
    "author": tuple(
        "author authors byline by creator creators writer author_name authorname autor auteur autore автор "
        "作者".split()
    ),
    "published": tuple(
        "published date datepublished published_at pubdate publish_date published_date publishedat "
        "publication_date date_published date_publish webpublicationdate web_publication_date published_time "
        "pub_date post_date date_gmt created created_at createdat created_utc timestamp posted posted_at "
        "datum fecha data дата 日期 发布时间".split()
    ),
    "updated": tuple(
        "updated modified lastmod last_modified datemodified date_modified updated_at updatedat last_updated "
        "post_modified modified_gmt".split()
    ),
    "url": tuple("url link canonical canonical_url source_url permalink weburl web_url external_url".split()),
    "language": ("language", "lang", "locale"),
    "tags": tuple(
        "tags tag keywords keyword schlagwörter schlagworte etiquetas mots-clés теги 标签 タグ".split()
    ),
}
TEXT_FIELDS = tuple(
    "text body content articlebody article_body article_text articletext full_text fulltext maintext "
    "main_text bodytext body_text content_text page_content post_content selftext article story document "
    "contents paragraphs html body_html bodyhtml content_html contenthtml content:encoded content_encoded "
    "markdown body_markdown content_markdown plain_text plaintext clean_text cleaned_text raw_text "
    "transcript blocks inhalt texto contenido texte contenu testo contenuto tekst текст "
    "正文 内容 本文".split()
)
CONTEXT_FIELDS = ("context", "passage")  # what a question is about, in data sets of questions
# Read only if a row has no other text.
SUMMARY_FIELDS = tuple(
    "description short_description abstract lead_paragraph summary excerpt snippet".split()
)
QUESTION_FIELDS = tuple("question q query prompt instruction frage pregunta вопрос 问题".split())
ANSWER_FIELDS = tuple(
    "answer a accepted_answer answers reply response completion output antwort respuesta réponse ответ 回答 "
    "答案".split()
)
ID_FIELDS = ("id", "_id", "guid", "article_id", "doc_id")

# Objects whose fields describe the article around them: hits of Elasticsearch, results of APIs, documents of
# LangChain and LlamaIndex, posts of Reddit.
WRAPPERS = tuple(
    "_source fields kwargs attributes data node metadata meta extra_info _embedded article document post "
    "item record row doc __data__".split()
)
VALUE_FIELDS = tuple(
    "rendered value processed html text content paragraphs plain raw #text $t _ body main original data "
    "sections blocks".split()
)
INLINE_FIELDS = ("children", "spans", "runs")  # parts of one paragraph
HEADING_FIELDS = ("heading", "title", "section")
RECORD_FIELDS = frozenset(
    ("id", "_id", *METADATA_FIELDS["url"], *METADATA_FIELDS["published"], *METADATA_FIELDS["author"])
)
# Lists beside an article that are not articles.
OTHER_LISTS = frozenset(
    "comments replies related related_articles recommendations authors tags categories users ads media "
    "images attachments links navigation".split()
)

MISSING_VALUES = frozenset({"nan", "null", "none", "n/a", "undefined", "nat", "[deleted]", "[removed]"})
UNPUBLISHED = frozenset("draft auto-draft pending private future scheduled trash inherit unpublished".split())
WEBSITE_FIELDS = ("slug", "comment_status", "ping_status", "post_type", "post_status")  # of posts in exports
