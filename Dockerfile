# The service as an image: the same hashed requirements as `make demo`, no compiler, no root.
FROM python:3.11-slim AS build
WORKDIR /srv/an-sinh
RUN python -m venv /opt/venv
COPY requirements/base.txt requirements/base.in requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e .

FROM python:3.11-slim
# pg_dump, pg_restore and psql, which `ansinh backup` and `ansinh restore` run on PostgreSQL; gpg
# for banks that want their files in OpenPGP.
RUN apt-get update && apt-get install -y --no-install-recommends gnupg postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/ansinh --create-home ansinh
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/an-sinh /srv/an-sinh
WORKDIR /srv/an-sinh
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ANSINH_HOME=/var/lib/ansinh \
    ANSINH_HOST=0.0.0.0
USER ansinh
VOLUME /var/lib/ansinh
EXPOSE 8000
CMD ["ansinh", "serve"]
