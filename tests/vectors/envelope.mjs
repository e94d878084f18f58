// The second implementation of docs/formats/envelope.md, written from that page alone, with Web
// Crypto only. Run with node: reads envelope.json beside it, opens and makes every vector again,
// breaks each one, and exits with 1 and a sentence at the first difference.

import { readFileSync } from "node:fs";

const subtle = globalThis.crypto.subtle;
const utf8 = new TextEncoder();
const CHUNK = 65536;
const TAG = 16;

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromUuid = (text) => fromHex(text.replaceAll("-", ""));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function fourBytes(number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

const lengthPrefixed = (...parts) =>
  joined(...parts.flatMap((part) => [fourBytes(part.length), part]));

const place = (kind, vector) =>
  lengthPrefixed(
    utf8.encode(kind),
    utf8.encode(vector.slot),
    fromUuid(vector.organisation),
    fromUuid(vector.row),
  );

const aesKey = (bytes) => subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

async function aesGcm(verb, key, nonce, data, additionalData = new Uint8Array()) {
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData, tagLength: 128 };
  return new Uint8Array(await subtle[verb](algorithm, key, data));
}

export async function sealField(keyBytes, version, nonce, parts, plaintext) {
  const header = joined(Uint8Array.of(1), fourBytes(version));
  const key = await aesKey(keyBytes);
  const body = await aesGcm("encrypt", key, nonce, plaintext, joined(header, parts));
  return joined(header, nonce, body);
}

export async function openField(keyBytes, parts, sealed) {
  if (sealed.length < 33 || sealed[0] !== 1) throw new Error("broken");
  const associated = joined(sealed.subarray(0, 5), parts);
  const key = await aesKey(keyBytes);
  return aesGcm("decrypt", key, sealed.subarray(5, 17), sealed.subarray(17), associated);
}

// "What a sealed value holds": a value as text or number, to the bytes that are sealed.
export function encodeValue(type, value) {
  if (type === "integer") {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(value));
    return bytes;
  }
  if (type === "boolean") return utf8.encode(value === "true" ? "1" : "0");
  return utf8.encode(value); // text, date, moment, decimal: as written
}

const SHAPES = {
  text: /^[^]*$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  moment: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/,
  decimal: /^(?!-0(\.0+)?$)-?(0|[1-9]\d*)(\.\d+)?$/,
};

export function decodeValue(type, bytes) {
  if (type === "integer") {
    if (bytes.length !== 8) throw new Error("broken");
    return new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0).toString();
  }
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  if (type === "boolean") {
    if (text !== "0" && text !== "1") throw new Error("broken");
    return text === "1" ? "true" : "false";
  }
  if (!SHAPES[type].test(text)) throw new Error("broken");
  return text;
}

export function pad(plaintext, bucket) {
  const length = (Math.floor(plaintext.length / bucket) + 1) * bucket;
  const padded = new Uint8Array(length);
  padded.set(plaintext);
  padded[plaintext.length] = 0x80;
  return padded;
}

export function unpad(padded, bucket) {
  const at = padded.lastIndexOf(0x80);
  const rest = padded.subarray(at + 1);
  const isPadding = at >= 0 && padded.length % bucket === 0 && rest.length < bucket;
  if (!isPadding || rest.some((byte) => byte !== 0)) throw new Error("broken");
  return padded.subarray(0, at);
}

async function fileKey(dataKey, header, parts) {
  const base = await subtle.importKey("raw", dataKey, "HKDF", false, ["deriveBits"]);
  const info = joined(lengthPrefixed(utf8.encode("blob key/1"), header), parts);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: header.subarray(8), info };
  return aesKey(new Uint8Array(await subtle.deriveBits(algorithm, base, 256)));
}

function chunkNonce(number, isLast) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, number); // bytes 0-6 stay 0 up to 256 TiB
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

export async function sealFile(dataKey, version, salt, parts, plaintext) {
  const header = joined(utf8.encode("KWB"), Uint8Array.of(1), fourBytes(version), salt);
  const key = await fileKey(dataKey, header, parts);
  const sealed = [header];
  const count = Math.max(1, Math.ceil(plaintext.length / CHUNK));
  for (let number = 0; number < count; number += 1) {
    const piece = plaintext.subarray(number * CHUNK, (number + 1) * CHUNK);
    sealed.push(await aesGcm("encrypt", key, chunkNonce(number, number === count - 1), piece));
  }
  return joined(...sealed);
}

export async function openFile(dataKey, parts, sealed) {
  const header = sealed.subarray(0, 40);
  if (toHex(header.subarray(0, 4)) !== "4b574201") throw new Error("broken");
  const key = await fileKey(dataKey, header, parts);
  const body = sealed.subarray(40);
  const count = Math.ceil(body.length / (CHUNK + TAG));
  const opened = [];
  for (let number = 0; number < count; number += 1) {
    const chunk = body.subarray(number * (CHUNK + TAG), (number + 1) * (CHUNK + TAG));
    opened.push(await aesGcm("decrypt", key, chunkNonce(number, number === count - 1), chunk));
  }
  return joined(...opened);
}

async function hmac(keyBytes, data) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await subtle.importKey("raw", keyBytes, algorithm, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", key, data));
}

export async function blindToken(indexKey, slot, normalised) {
  const subkey = await hmac(indexKey, joined(utf8.encode("blind/1"), utf8.encode(slot)));
  return new DataView((await hmac(subkey, normalised)).buffer).getBigInt64(0);
}

function same(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: found ${found}, expected ${expected}`);
}

async function refused(what, promise) {
  const opened = await promise.then(
    () => true,
    () => false,
  );
  if (opened) throw new Error(`${what}: opened, expected a refusal`);
}

async function checkField(vector) {
  const parts = place("field/1", vector);
  const key = fromHex(vector.key);
  const [nonce, plaintext, sealed] = [vector.nonce, vector.plaintext, vector.sealed].map(fromHex);
  const made = await sealField(key, vector.key_version, nonce, parts, plaintext);
  same(`${vector.name}, sealed`, toHex(made), vector.sealed);
  same(`${vector.name}, opened`, toHex(await openField(key, parts, sealed)), vector.plaintext);
  for (let at = 0; at < sealed.length; at += 1) {
    const broken = sealed.slice();
    broken[at] ^= 1;
    await refused(`${vector.name}, byte ${at} changed`, openField(key, parts, broken));
  }
  const elsewhere = place("field/1", { ...vector, slot: `${vector.slot}x` });
  await refused(`${vector.name}, moved`, openField(key, elsewhere, sealed));
}

function checkValue(vector) {
  const plaintext = fromHex(vector.plaintext);
  const what = `${vector.type} ${vector.value}`;
  same(`${what}, bytes`, toHex(encodeValue(vector.type, vector.value)), vector.plaintext);
  same(`${what}, read`, decodeValue(vector.type, plaintext), vector.value);
}

function checkPadded(vector) {
  const what = `padding of ${vector.plaintext} to ${vector.bucket}`;
  const padded = fromHex(vector.padded);
  same(what, toHex(pad(fromHex(vector.plaintext), vector.bucket)), vector.padded);
  same(`${what}, taken off`, toHex(unpad(padded, vector.bucket)), vector.plaintext);
}

async function checkBlob(vector) {
  const parts = place("blob/1", vector);
  const key = fromHex(vector.data_key);
  const plaintext = Uint8Array.from({ length: vector.length }, (_, number) => (7 * number) % 251);
  const sealed = await sealFile(key, vector.key_version, fromHex(vector.salt), parts, plaintext);
  const what = `file of ${vector.length}`;
  same(`${what}, length`, sealed.length, vector.sealed_length);
  const hash = toHex(new Uint8Array(await subtle.digest("SHA-256", sealed)));
  same(`${what}, hash`, hash, vector.sealed_sha256);
  if (vector.sealed) same(`${what}, bytes`, toHex(sealed), vector.sealed);
  same(`${what}, opened`, toHex(await openFile(key, parts, sealed)), toHex(plaintext));
  await refused(`${what}, cut short`, openFile(key, parts, sealed.subarray(0, sealed.length - 1)));
}

const vectors = JSON.parse(readFileSync(new URL("envelope.json", import.meta.url)));
try {
  for (const vector of vectors.fields) await checkField(vector);
  vectors.values.forEach(checkValue);
  vectors.padded.forEach(checkPadded);
  for (const vector of vectors.blobs) await checkBlob(vector);
  for (const vector of vectors.tokens) {
    const found = await blindToken(
      fromHex(vector.index_key),
      vector.slot,
      fromHex(vector.normalised),
    );
    same(`token of ${vector.slot}`, found.toString(), vector.token);
  }
  const counts = ["fields", "values", "padded", "blobs", "tokens"].map(
    (name) => `${vectors[name].length} ${name}`,
  );
  console.log(`agreed: ${counts.join(", ")}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
