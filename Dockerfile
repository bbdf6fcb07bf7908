# Built in one stage and run in another: no compiler and no test tool is where the service runs.
# Pin both images by digest where they are mirrored; the tags name exact versions.
FROM python:3.11.13-bookworm AS build
WORKDIR /opt/samtale
COPY . .
RUN make setup \
    && .venv/bin/python deploy/beyond_runtime.py > beyond.txt \
    && .venv/bin/python -m pip uninstall --quiet --yes --requirement beyond.txt \
    && rm beyond.txt \
    && .venv/bin/samtale check

FROM python:3.11.13-slim-bookworm
ENV PATH=/opt/samtale/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SAMTALE_MODE=production \
    SAMTALE_HOST=0.0.0.0 \
    SAMTALE_PORT=8000
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin samtale
COPY --from=build /opt/samtale /opt/samtale
# for those who use SQLite; with PostgreSQL nothing is written but to /tmp, which holds the figures
WORKDIR /var/lib/samtale
RUN chown samtale:samtale /var/lib/samtale
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "/opt/samtale/deploy/healthcheck.py"]
CMD ["samtale", "serve"]
