# One image for every process: the command says which (docker-compose.yml).
FROM python:3.13-slim

RUN useradd --create-home --uid 10001 copydesk
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY copydesk/ copydesk/
COPY crawler/ crawler/
COPY workers/ workers/
COPY config/ config/
RUN pip install --no-cache-dir --constraint constraints.txt . \
 && mkdir /data && chown copydesk /data

USER copydesk
ENV COPYDESK_DATA_DIR=/data
VOLUME /data
ENTRYPOINT ["copydesk"]
CMD ["--help"]
