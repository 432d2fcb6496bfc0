/** What `--help` says beside the options: examples first, then what one would otherwise have to guess. */
import { exitCode, runExitCode } from './exit-codes.ts';

export const generalHelp = `
Start here:
  $ sightline run node server.js     trace a program; the backend starts by itself
                                     see where its time goes: http://127.0.0.1:16686
  $ sightline doctor                 find out why there is no trace
  $ sightline search '{ duration > 1s }'
  $ sightline trace 0af7             the same in the terminal: docs/traceql.md
  $ sightline down                   stop the backend

Take traces along:
  $ sightline export > traces.jsonl
  $ sightline import traces.jsonl    and the files of Jaeger, Zipkin and the Collector

sightline COMMAND --help tells more about each command, with examples.
`;

export const runHelp: string = `
Examples:
  $ sightline run node server.js
  $ sightline run npm start
  $ sightline run -- node --import tsx server.ts     all that follows the command is the command's
  $ sightline run python server.py                   gunicorn, uvicorn, flask run, celery worker, …
  $ sightline run ./start.sh                         every Node and Python program that it starts is traced
  $ OTEL_SERVICE_NAME=shop sightline run node server.js

The command behaves as without "sightline run": the same input and output, signals, terminal
and exit code. After it, on a terminal, two lines tell how many requests were traced and which
span made the slowest one slow.

Where the spans go:
  To OTEL_EXPORTER_OTLP_ENDPOINT if that is set. Else to the backend on this machine; if none
  answers, one starts in the background, once, and later runs share it. Its log is up.log in
  the data directory. "sightline down" stops it.

Python programs get OpenTelemetry's instrumentations, which the first one of each Python version
installs with its own pip into the user's cache: docs/languages.md.

Environment:
  OTEL_*                     the agent reads the standard variables: OTEL_SERVICE_NAME,
                             OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_SDK_DISABLED, …
  NODE_OPTIONS               is kept; "--require <the agent>" is put before it. A script that sets it
                             has to keep it: NODE_OPTIONS="$NODE_OPTIONS --enable-source-maps" node …
  PYTHONPATH                 is kept; a folder of ours is put before it
  SIGHTLINE_DATA             the data directory of the backend (see: sightline up --help)
  SIGHTLINE_HTTP_PORT, SIGHTLINE_OTLP_HTTP_PORT
                             the ports of the backend that is started

Exit codes:
  the command's own; or the signal that killed the command kills "run" as well
  ${runExitCode.launcherFailed}   run itself could not work
  ${runExitCode.notExecutable}   the command cannot be executed
  ${runExitCode.notFound}   the command does not exist
`;

export const doctorHelp: string = `
Examples:
  $ sightline doctor                       is all there that tracing needs, and does the backend take spans?
  $ sightline doctor -- node server.js     then use the program, and stop it with Ctrl-C
  $ sightline doctor -- npm test

With a command, it runs as "sightline run" would have it run. After it, on stderr, for each process:
which libraries were traced, how many spans were made, sent and dropped, and why, and how much CPU
the agent took. "!!" marks what is wrong, "--" what may be worth knowing.

The same for a program that runs elsewhere, without this command: SIGHTLINE_REPORT=1 prints it
at the program's end, SIGHTLINE_REPORT=json:FILE adds it to a file as a line of JSON.

Exit codes:
  the command's own, as with "sightline run"
  without a command: 0, or ${exitCode.failed} where something is wrong
`;

export const upHelp: string = `
Examples:
  $ sightline up
  $ sightline up --retention 30d --max-disk 100GB
  $ sightline up --http-port 0 --otlp-http-port 0 --ready-file addresses.json
  $ sightline up --host 0.0.0.0 --auth-token "$(openssl rand -hex 16)"
  $ sightline up --host 0.0.0.0 --auth-token TOKEN --tls-cert cert.pem --tls-key key.pem
  $ sightline up --clickhouse http://tracing@clickhouse:8123/sightline --clickhouse-password-file secret

Then, for a Node program:      sightline run node server.js
For any other OpenTelemetry:   OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
Clients of Jaeger and Zipkin send where they always do.

A port of 0 asks for a free one. All ports of receivers but the first can be "off"; where another
program has one that you did not ask for, up starts without it and says so.

Each option has an environment variable: --http-port is SIGHTLINE_HTTP_PORT. The option wins.

SIGINT (Ctrl-C) and SIGTERM stop it: what was received is kept. A second one does not wait.

Exit codes:
  0   stopped by a signal
  ${exitCode.failed}   failed; the message says why
  ${exitCode.usage}   an option or its value is not valid
  ${exitCode.cannotListen}   a port is in use, or the address cannot be listened on
  ${exitCode.dataDirectoryHeld}   another sightline holds the data directory
  ${exitCode.dataDirectoryUnusable}   the data directory cannot be written, or is not ours
  ${exitCode.databaseRefuses}   the ClickHouse of --clickhouse does not let us work there
`;

export const searchHelp: string = `
Examples:
  $ sightline search '{ status = error }'
  $ sightline search '{ resource.service.name = "shop" && span.http.route =~ "/cart.*" && duration > 1s }' --since 24h
  $ sightline search '{ kind = server } >> { span.db.system.name = "postgresql" && duration > 100ms }'
  $ sightline search '{ status = error }' --follow
  $ sightline search --order longest --json | jq -r .traceId | head -1 | xargs sightline trace

The language is that of Grafana Tempo: docs/traceql.md. Below each trace stand the spans that match,
at most three of them.

Exit codes:
  0   searched, whether anything matches or not
  ${exitCode.failed}   the backend could not be asked; --follow was ended
  ${exitCode.usage}   the query, an option or its value is not valid
`;

export const traceHelp: string = `
Examples:
  $ sightline trace 0af7651916cd43dd8448eb211c80319c
  $ sightline trace 0af7 --details
  $ sightline trace 0af7 --json | jq '.resourceSpans[].resource'

"◀" marks the span that made the trace slow, "✗" those that failed; the bars stand where in the
trace's time each span stood.

Exit codes:
  0   shown
  ${exitCode.failed}   there is no such trace, or the backend could not be asked
  ${exitCode.usage}   an option or its value is not valid, or several traces begin with these digits
`;

export const importHelp: string = `
Examples:
  $ sightline import traces.jsonl.gz
  $ sightline import jaeger-ui-trace.json zipkin.json     formats may be mixed
  $ curl -s http://zipkin:9411/api/v2/traces | sightline import -
  $ sightline import --to https://traces.example.com spans.json

Formats:
  OTLP       JSON, JSON lines as the Collector's file exporter writes them, protobuf
  Jaeger     what its UI saves and its API answers
  Zipkin     lists of spans, v1 or v2; lists of traces, as its API answers

Files may be of any size: they are read piece by piece. What is broken is passed over, counted, and
told with its line and byte; the rest is imported. Traces keep their times, so look for them there:
the pages begin with the last hour. The backend's retention counts from the import. What is
imported twice is shown once.

Ctrl-C stops it, and says what has been sent until then.

Exit codes:
  0   all was read, and taken by the backend
  ${exitCode.incomplete}   something was broken or refused; the rest was imported
  ${exitCode.failed}   no backend could be reached, or it was interrupted
  ${exitCode.usage}   an option or its value is not valid
`;

export const exportHelp: string = `
Examples:
  $ sightline export > traces.jsonl                              everything
  $ sightline export --since 24h --status error -o errors.jsonl
  $ sightline export --service shop --attribute http.route=/cart --min-duration 1s --limit 100
  $ sightline export --trace 0af7651916cd43dd8448eb211c80319c --format jaeger -o trace.json
  $ sightline export --gzip | ssh other sightline import -

Conditions are those of the search (docs/http-api.md): a trace is found where one of its spans
fulfils them all, and is written whole.

Formats:
  otlp-jsonl   one trace a line, as OTLP's JSON: with everything that came in
  otlp-json    the same as one JSON document
  jaeger       for Jaeger's UI: times in microseconds, links without their attributes
  zipkin       for Zipkin, v2: attributes as texts, times in microseconds

Exit codes:
  0   written
  ${exitCode.incomplete}   a trace that was named or found is not there; the others are written
  ${exitCode.failed}   the backend could not be reached, or refused; the file could not be written; interrupted
  ${exitCode.usage}   an option or its value is not valid
`;
