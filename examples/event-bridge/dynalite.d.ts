/** The part of dynalite that the examples and tests use. The package has no types. */
declare module "dynalite" {
  import type { Server } from "node:http";
  /** Creates a DynamoDB server that keeps everything in memory. */
  export default function dynalite(options: { readonly createTableMs: number }): Server;
}
