// Follow an event stream with ldes-client, in the order of its timestamps: follow.mjs ADDRESS FOLDER.
// Writes a line of JSON for each member that it was not given before, as the folder remembers: what it
// is a version of, when it is of, the kind of change, and the graph that has its name, as N-Triples.
import { intoConfig, replicateLDES } from "ldes-client";
import { DataFactory, Writer } from "n3";

const [url, statePath] = process.argv.slice(2);
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const writer = new Writer({ format: "N-Triples" });
// One page at a time: of several, version 0.3.0 gives the members as the pages arrive.
const client = replicateLDES(intoConfig({ url, statePath, concurrentFetches: 1 }), "ascending");
client.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
for await (const { id, quads, isVersionOf, timestamp } of client.stream({ highWaterMark: 10 })) {
  const of = quads.filter((quad) => quad.graph.value === id.value);
  const kind = quads.find((quad) => quad.graph.value === "" && quad.predicate.value === TYPE);
  const said = of.map((quad) => DataFactory.quad(quad.subject, quad.predicate, quad.object));
  const told = { id: id.value, isVersionOf, timestamp, kind: kind?.object.value };
  console.log(JSON.stringify({ ...told, graph: writer.quadsToString(said) }));
}
