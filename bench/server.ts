/** The endpoint that the benchmark asks, in a process of its own: `node server.js COUNT LATENCY`. */
import { LocalGlue, sampleTaskRuns } from "glue-ml-task-runs/local";

const [count = "0", latency = "0"] = process.argv.slice(2);
const glue = await LocalGlue.start({ latency: Number(latency) });
glue.addTaskRuns(sampleTaskRuns({ transformId: "tfm-bench", count: Number(count) }));
process.send?.(glue.endpoint);
process.once("disconnect", () => process.exit());
