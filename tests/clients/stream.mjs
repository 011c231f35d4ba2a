// Read files of JSON-LD as they stream, by jsonld-streaming-parser: prints, for each, how many quads it
// has and the seconds of the processor that it took.
import { JsonLdParser } from "jsonld-streaming-parser";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

const found = [];
for (const file of process.argv.slice(2)) {
  // The context comes first, and types have no context of their own. Without being told so, the parser
  // keeps all of a document, and looks through the types of all its nodes for each value.
  const parser = new JsonLdParser({
    streamingProfile: true,
    streamingProfileAllowOutOfOrderPlainType: true,
  });
  const begun = process.cpuUsage();
  let quads = 0;
  await pipeline(createReadStream(file), parser, async (stream) => {
    for await (const _ of stream) quads += 1;
  });
  const { user, system } = process.cpuUsage(begun);
  found.push({ quads, seconds: (user + system) / 1e6 });
}
console.log(JSON.stringify(found));
