"""Additions: articles that those who can manage a server add to it on Discord.

Input: attachments and links. Output: files in the server's own folder of the corpus, and the limits that keep
them in that server. Entry point: `server_articles.ServerArticles`. Imported by `handlers` and `commands`.
"""
