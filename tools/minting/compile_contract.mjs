// Compiles Mintmark.sol with the pinned solc and writes, or with --check compares, the two files that
// are committed beside it: the standard-JSON input (every source inside) and the artefact.
//
//   npm ci && node tools/minting/compile_contract.mjs [--check]

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const here = join(dirname(fileURLToPath(import.meta.url)), "contract");
const entry = "Mintmark.sol";

const settings = {
  evmVersion: "cancun",
  viaIR: true,
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: "none", appendCBOR: false },
  outputSelection: {
    [entry]: { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] },
  },
};

const readImport = (path) => readFileSync(require.resolve(path), "utf8");

function importsOf(path, text) {
  const found = [...text.matchAll(/^import\s+(?:\{[^}]*\}\s+from\s+)?"([^"]+)";/gm)];
  const base = `file:///${path}`;
  return found.map(([, name]) => (name.startsWith(".") ? new URL(name, base).pathname.slice(1) : name));
}

function collectSources() {
  const sources = { [entry]: { content: readFileSync(join(here, entry), "utf8") } };
  const waiting = [entry];
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    for (const wanted of importsOf(path, sources[path].content)) {
      if (sources[wanted]) continue;
      sources[wanted] = { content: readImport(wanted) };
      waiting.push(wanted);
    }
  }
  return Object.fromEntries(Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compile(input) {
  const solc = require("solc");
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const ours = (m) => m.severity === "error" || m.sourceLocation?.file === entry;
  const messages = (output.errors ?? []).filter(ours);
  for (const message of messages) console.error(message.formattedMessage);
  if (messages.some((m) => m.severity === "error")) process.exit(1);
  const { abi, evm } = output.contracts[entry].Mintmark;
  return {
    contractName: "Mintmark",
    compiler: solc.version(),
    settings: input.settings,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
  };
}

const input = { language: "Solidity", sources: collectSources(), settings };
const files = {
  "Mintmark.standard-input.json": input,
  "Mintmark.json": compile(input),
};

for (const [name, content] of Object.entries(files)) {
  const text = `${JSON.stringify(content, null, 1)}\n`;
  const path = join(here, name);
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`${name} is not what ${entry} compiles to: run this script without --check.`);
    process.exitCode = 1;
  }
}
