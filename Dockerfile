# On Record with everything that it needs. After the build, it needs no network.
#
#   docker build -t onrecord .
#   docker run --rm -v "$PWD/data:/data" -v "$PWD/inbox:/inbox:ro" onrecord ingest /inbox
#
# The container runs as user 10001. Allow this user to write to the folder that is mounted at /data.

FROM python:3.13.7-slim-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/onrecord UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
# The libraries rarely change, so they are a separate layer.
COPY pyproject.toml uv.lock README.md LICENSE NOTICE ./
RUN uv sync --frozen --no-dev --no-install-project --no-cache --extra s3 --extra gcs --extra dask --extra lake
COPY schema schema
COPY demo demo
COPY training training
COPY flows flows
COPY transforms transforms
COPY expectations expectations
COPY warehouse warehouse
COPY report report
COPY models models
COPY seeds seeds
RUN uv sync --frozen --no-dev --no-editable --no-cache --extra s3 --extra gcs --extra dask --extra lake

FROM python:3.13.7-slim-bookworm
RUN groupadd --gid 10001 onrecord \
    && useradd --uid 10001 --gid onrecord --home-dir /data --no-create-home --shell /usr/sbin/nologin onrecord \
    && install --directory --owner onrecord --group onrecord /data /backups
COPY --from=build /opt/onrecord /opt/onrecord
COPY prefect.yaml /opt/onrecord/share/prefect.yaml
ENV PATH=/opt/onrecord/bin:$PATH \
    ONRECORD_WAREHOUSE=/data/onrecord.duckdb \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1 \
    ORT_DISABLE_TELEMETRY=1
USER 10001:10001
WORKDIR /data
VOLUME /data
ENTRYPOINT ["onrecord"]
CMD ["--help"]
