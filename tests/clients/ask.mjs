// Ask with Comunica: reads [{"query": …, "sources": […]}] from standard input, and writes, for each,
// the solutions as objects of strings, or the quads as arrays of strings.
import { QueryEngine } from "@comunica/query-sparql";
import { text } from "node:stream/consumers";

const answers = [];
for (const { query, sources } of JSON.parse(await text(process.stdin))) {
  // Anew for each: what an engine remembers of an endpoint changes the queries that it sends.
  const engine = new QueryEngine();
  const found = await engine.query(query, { sources });
  const stream = await found.execute();
  if (found.resultType === "boolean") {
    answers.push(stream);
  } else if (found.resultType === "quads") {
    const quads = await stream.toArray();
    answers.push(quads.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value]));
  } else {
    const solutions = await stream.toArray();
    answers.push(
      solutions.map((one) => Object.fromEntries([...one].map(([name, term]) => [name.value, term.value]))),
    );
  }
}
process.stdout.write(JSON.stringify(answers));
