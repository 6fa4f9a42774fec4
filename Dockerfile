# Footnote in a container; OPERATIONS.md describes its use with compose.yaml.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app
RUN pip install --no-cache-dir uv
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY retrieval ./retrieval
COPY prompts ./prompts
RUN uv sync --no-default-groups --group model --extra pdf --extra docx --no-cache

RUN useradd --uid 10001 --create-home footnote && install -d -o footnote -g footnote /data /articles
USER footnote
ENV PATH=/app/.venv/bin:$PATH FOOTNOTE_CORPUS=/articles FOOTNOTE_STATE=/data/state FOOTNOTE_CACHE=/data/cache
VOLUME /data

# The first check is after the first sync of a small folder; until then the container counts as starting.
HEALTHCHECK --interval=10m --timeout=2m --start-period=15m CMD ["footnote", "doctor", "--json"]
ENTRYPOINT ["footnote"]
CMD ["discord", "--log-json"]
