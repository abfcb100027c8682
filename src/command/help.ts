/** The help of the command. */

export const HELP = `Usage: glue-ml-task-runs COMMAND [options]

The machine learning task runs of AWS Glue transforms, for a person at a
terminal, for cron and for monitoring. It only reads.

Commands:
  list  [TRANSFORM...]   list runs, newest first; of all transforms without one
  wait  TRANSFORM RUN    wait until a run is finished
  watch [TRANSFORM...]   print each new run and each change, until Ctrl-C
  local [options]        serve a local Glue endpoint: see local --help

Options of list and watch:
  --status S[,S]         only runs with one of these statuses
  --type T[,T]           only runs of one of these task types
  --since WHEN           only runs that started since then; for watch, begin
                         with the runs since then
Options of list:
  --until WHEN           only runs that started before
  --finished-since WHEN  only runs that finished since then, whenever they
                         started
  --limit N              at most N runs; 0 is all                         (50)
  --count                count runs by type and status instead; without
                         --limit, all of them
Options of watch:
  --state FILE           keep in FILE what was printed, so that nothing comes
                         twice or is missed when the watch is started again
  --once                 poll once and exit, for cron
Options of watch and wait:
  --interval S           seconds between polls; for wait, the longest pause
                                                    (30; for wait at most 60)
  --timeout S            of wait: give up after S seconds               (never)
Options of all three:
  -o, --output FORMAT    table, tsv, csv or ndjson
                                            (table on a terminal, tsv elsewhere)
  --region R             AWS region           (as the AWS SDK for JavaScript
  --profile P            AWS profile           finds them: environment, shared
  --endpoint-url URL     endpoint of Glue      configuration, SSO, ...)
  --help                 print this help
  --version              print the version

WHEN is an age such as 90m, 24h or 7d, a date (UTC), or an ISO 8601 time with a
zone. Exit codes: 0 done, or the run SUCCEEDED; 1 the run FAILED, TIMEOUT or
STOPPED; 2 wrong usage, or a file that cannot be read or written; 3 an error of
AWS or the network; 4 timed out waiting.
`;
