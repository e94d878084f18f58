// The second implementation of docs/formats/trail.md, written from that page, RFC 6962, RFC 8785 and
// the C2SP pages alone. Run with node: reads trail.json beside it, makes and checks every vector
// again, and exits with 1 and a sentence at the first difference.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const vectors = JSON.parse(readFileSync(new URL("trail.json", import.meta.url)));
const hash = (...parts) => {
  const made = createHash("sha256");
  for (const part of parts) made.update(part);
  return made.digest();
};
const hex = (text) => Buffer.from(text, "hex");
const leafHash = (entry) => hash(Buffer.of(0), entry);
const nodeHash = (left, right) => hash(Buffer.of(1), left, right);

function expect(what, made, published) {
  if (made !== published) {
    console.error(`${what}: made ${made}, published ${published}`);
    process.exit(1);
  }
}

function split(size) {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

// RFC 6962 2.1, word for word: recursive, over all leaves.
function root(leaves) {
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return leaves[0];
  const half = split(leaves.length);
  return nodeHash(root(leaves.slice(0, half)), root(leaves.slice(half)));
}

function inclusion(index, leaves) {
  if (leaves.length === 1) return [];
  const half = split(leaves.length);
  return index < half
    ? [...inclusion(index, leaves.slice(0, half)), root(leaves.slice(half))]
    : [...inclusion(index - half, leaves.slice(half)), root(leaves.slice(0, half))];
}

function consistency(old, leaves, isWhole = true) {
  if (old === leaves.length) return isWhole ? [] : [root(leaves)];
  const half = split(leaves.length);
  return old <= half
    ? [...consistency(old, leaves.slice(0, half), isWhole), root(leaves.slice(half))]
    : [...consistency(old - half, leaves.slice(half), false), root(leaves.slice(0, half))];
}

const text = (proof) => proof.map((one) => one.toString("hex")).join(" ");
const given = vectors.rfc6962;
const leaves = given.leaves.map((leaf) => leafHash(hex(leaf)));
given.roots.forEach((published, at) =>
  expect(`root of ${at + 1}`, root(leaves.slice(0, at + 1)).toString("hex"), published),
);
for (const { index, size, proof } of given.inclusions)
  expect(`inclusion ${index}/${size}`, text(inclusion(index, leaves.slice(0, size))), proof.join(" "));
for (const { old, new: size, proof } of given.consistencies)
  expect(`consistency ${old}/${size}`, text(consistency(old, leaves.slice(0, size))), proof.join(" "));

// The large tree, by tiles: each level is cut into rows of 256, the last of them is the edge.
let row = Array.from({ length: vectors.large.size }, (_, at) => leafHash(String(at)));
expect("root of the large tree", root(row).toString("hex"), vectors.large.root);
const edges = [];
for (let level = 0; row.length > 0; level += 1) {
  const full = row.length >> 8;
  const edge = row.slice(full << 8);
  if (edge.length > 0) edges.push({ level, number: full, hashes: edge });
  row = Array.from({ length: full }, (_, at) => root(row.slice(at << 8, (at + 1) << 8)));
}
function tilePath(level, number, width) {
  const digits = String(number);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g);
  const marked = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group));
  return `tile/${level}/${marked.join("/")}${width < 256 ? `.p/${width}` : ""}`;
}
edges.forEach(({ level, number, hashes }, at) => {
  const published = vectors.large.edge[at];
  expect("edge", tilePath(level, number, hashes.length), published.path);
  expect("width", hashes.length, published.width);
});
const edgeBytes = Buffer.concat(edges.flatMap(({ hashes }) => hashes));
expect("edge's bytes", hash(edgeBytes).toString("hex"), vectors.large.edge_sha256);
for (const { level, number, width, path } of vectors.tile_paths)
  expect("tile path", tilePath(level, number, width), path);

// RFC 8785: JavaScript's own JSON.stringify, keys in JavaScript's own order.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
for (const { value, bytes } of vectors.canonical)
  expect("canonical", Buffer.from(canonical(value)).toString("hex"), bytes);

for (const entry of vectors.entries) {
  const kind = Buffer.from(entry.kind);
  const numbers = Buffer.alloc(14);
  numbers.writeBigUInt64BE(BigInt(entry.time_us), 0);
  numbers.writeUInt32BE(entry.period, 8);
  numbers.writeUInt16BE(kind.length, 12);
  const id = hex(entry.id.replaceAll("-", ""));
  const bytes = Buffer.concat([Buffer.of(1), id, numbers, kind, hex(entry.digest)]);
  expect("entry", bytes.toString("hex"), entry.bytes);
  expect("leaf", leafHash(bytes).toString("hex"), entry.leaf);
}

// C2SP signed notes: key id, signature over the text before the empty line.
function openNote(note, vkey) {
  const [name, id, encoded] = vkey.split("+").reduce(
    (parts, part) => (parts.length < 3 ? [...parts, part] : [parts[0], parts[1], `${parts[2]}+${part}`]),
    [],
  );
  const material = Buffer.from(encoded, "base64");
  const keyId = hash(`${name}\n`, material).subarray(0, 4);
  expect("key id", keyId.toString("hex"), id);
  const at = note.lastIndexOf("\n\n") + 1;
  const line = note.slice(at + 1).split("\n").find((one) => one.startsWith(`\u2014 ${name} `));
  const signature = Buffer.from(line.split(" ")[2], "base64");
  expect("signature's key id", signature.subarray(0, 4).toString("hex"), id);
  const spki = Buffer.concat([hex("302a300506032b6570032100"), material.subarray(1)]);
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  const signed = verify(null, Buffer.from(note.slice(0, at)), key, signature.subarray(4));
  expect("signature", signed, true);
  return note.slice(0, at);
}
openNote(vectors.note.note, vectors.note.key);
const head = vectors.checkpoint;
const [, size, published] = openNote(head.note, head.key).split("\n");
expect("size of the checkpoint", size, String(head.size));
expect("root of the checkpoint", Buffer.from(published, "base64").toString("hex"), head.root);

console.log(
  `agreed: ${given.roots.length} roots, ${given.inclusions.length + given.consistencies.length} proofs, ` +
    `${vectors.entries.length} entries, 2 notes`,
);
