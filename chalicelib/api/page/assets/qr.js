// Draws a QR code (ISO/IEC 18004) of a short text: byte mode, error correction level M, versions 1
// to 10, which hold up to 213 bytes.

const SVG = "http://www.w3.org/2000/svg";

// For each version at level M: the number of error correction code words in a block, and the number
// of data code words of each block.
/** @type {[number, number[]][]} */
const BLOCKS = [
  [0, []], // there is no version 0
  [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]],
  [16, [27, 27, 27, 27]], [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]],
  [22, [36, 36, 36, 37, 37]], [26, [43, 43, 43, 43, 44]],
];
/** @type {number[][]} */
const ALIGNED = [[], [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
const LEVEL_M = 0;

const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function multiply(a, b) { // in GF(256) over x^8 + x^4 + x^3 + x^2 + 1
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

function generator(degree) {
  const result = new Array(degree - 1).fill(0).concat(1);
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) {
      result[j] = multiply(result[j], root) ^ (j + 1 < degree ? result[j + 1] : 0);
    }
    root = multiply(root, 2);
  }
  return result;
}

function correction(data, divisor) {
  const rest = new Array(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((each, i) => { rest[i] ^= multiply(each, factor); });
  }
  return rest;
}

function codeWords(bytes, version) {
  const [, sizes] = BLOCKS[version];
  const capacity = sizes.reduce((sum, each) => sum + each, 0);
  const bits = [];
  const push = (value, length) => { for (let i = length - 1; i >= 0; i -= 1) bits.push((value >>> i) & 1); };
  push(4, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, capacity * 8 - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(bits.slice(i, i + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  for (let pad = 0xec; words.length < capacity; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

function interleaved(words, version) {
  const [length, sizes] = BLOCKS[version];
  const divisor = generator(length);
  let at = 0;
  const blocks = sizes.map((size) => {
    const data = words.slice(at, at + size);
    at += size;
    return { data, check: correction(data, divisor) };
  });
  const result = [];
  for (let i = 0; i < Math.max(...sizes); i += 1) {
    for (const { data } of blocks) if (i < data.length) result.push(data[i]);
  }
  for (let i = 0; i < length; i += 1) for (const { check } of blocks) result.push(check[i]);
  return result;
}

class Grid {
  constructor(version) {
    this.version = version;
    this.size = version * 4 + 17;
    this.dark = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
    this.fixed = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
    this.patterns();
  }

  set(x, y, dark) {
    this.dark[y][x] = Boolean(dark);
    this.fixed[y][x] = true;
  }

  patterns() {
    const { size, version } = this;
    for (let i = 0; i < size; i += 1) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) this.finder(x, y);
    const places = ALIGNED[version];
    const last = places.length - 1;
    places.forEach((x, i) => places.forEach((y, j) => {
      const atFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!atFinder) this.square(x, y, 2, (distance) => distance !== 1);
    }));
    this.format(0);
    if (version >= 7) this.versionBits();
  }

  square(x, y, reach, isDark) {
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        const [at, down] = [x + dx, y + dy];
        if (at >= 0 && at < this.size && down >= 0 && down < this.size) {
          this.set(at, down, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
        }
      }
    }
  }

  finder(x, y) {
    this.square(x, y, 4, (distance) => distance !== 2 && distance !== 4);
  }

  format(mask) {
    const data = (LEVEL_M << 3) | mask;
    let rest = data;
    for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i) => (bits >>> i) & 1;
    const { size } = this;
    for (let i = 0; i <= 5; i += 1) this.set(8, i, bit(i));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let i = 9; i < 15; i += 1) this.set(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i += 1) this.set(size - 1 - i, 8, bit(i));
    for (let i = 8; i < 15; i += 1) this.set(8, size - 15 + i, bit(i));
    this.set(8, size - 8, true);
  }

  versionBits() {
    let rest = this.version;
    for (let i = 0; i < 12; i += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let i = 0; i < 18; i += 1) {
      const [a, b] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.set(a, b, (bits >>> i) & 1);
      this.set(b, a, (bits >>> i) & 1);
    }
  }

  lay(words) {
    let i = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.size; step += 1) {
        for (const x of [right, right - 1]) {
          const upward = ((right + 1) & 2) === 0;
          const y = upward ? this.size - 1 - step : step;
          if (this.fixed[y][x]) continue;
          if (i < words.length * 8) this.dark[y][x] = Boolean((words[i >>> 3] >>> (7 - (i & 7))) & 1);
          i += 1;
        }
      }
    }
  }

  mask(which) {
    for (let y = 0; y < this.size; y += 1) {
      for (let x = 0; x < this.size; x += 1) {
        if (!this.fixed[y][x] && MASKS[which](x, y)) this.dark[y][x] = !this.dark[y][x];
      }
    }
  }
}

/** Return the code's modules: rows of true (dark) and false; null if the text is too long. */
export function modules(text) {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex(([, sizes], at) =>
    sizes.reduce((sum, size) => sum + size, 0) * 8 >= 4 + (at < 10 ? 8 : 16) + bytes.length * 8);
  if (version < 0) return null;
  const grid = new Grid(version);
  grid.lay(interleaved(codeWords(bytes, version), version));
  // A reader can read any mask. The standard chooses the best one, which helps only bad cameras. This
  // one breaks up large areas well.
  const which = 2;
  grid.mask(which);
  grid.format(which);
  return grid.dark;
}

/** Return the code as an SVG picture; null if the text is too long. */
export function qr(text) {
  const rows = modules(text);
  if (!rows) return null;
  const quiet = 4;
  const span = rows.length + quiet * 2;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${span} ${span}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "Gambar untuk dipindai dengan aplikasi autentikator");
  svg.setAttribute("shape-rendering", "crispEdges");
  const path = document.createElementNS(SVG, "path");
  const runs = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")));
  path.setAttribute("d", runs.join(""));
  svg.append(path);
  return svg;
}
