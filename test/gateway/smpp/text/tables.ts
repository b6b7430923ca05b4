/**
 * The tables of 3GPP TS 23.038 once more, copied apart from the program's: as code points by septet, in the way in which
 * the specification prints them.
 */
const BASIC = [
  "0040 00a3 0024 00a5 00e8 00e9 00f9 00ec 00f2 00c7 000a 00d8 00f8 000d 00c5 00e5",
  "0394 005f 03a6 0393 039b 03a9 03a0 03a8 03a3 0398 039e 001b 00c6 00e6 00df 00c9",
  "0020 0021 0022 0023 00a4 0025 0026 0027 0028 0029 002a 002b 002c 002d 002e 002f",
  "0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b 003c 003d 003e 003f",
  "00a1 0041 0042 0043 0044 0045 0046 0047 0048 0049 004a 004b 004c 004d 004e 004f",
  "0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 005a 00c4 00d6 00d1 00dc 00a7",
  "00bf 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f",
  "0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 00e4 00f6 00f1 00fc 00e0",
];
/** Where a locking table differs from the alphabet. */
const TURKISH = "04:20ac 07:0131 0b:011e 0c:011f 1c:015e 1d:015f 40:0130 60:00e7";
const PORTUGUESE =
  "04:00ea 06:00fa 07:00ed 08:00f3 09:00e7 0b:00d4 0c:00f4 0e:00c1 0f:00e1 12:00aa 13:00c7 14:00c0 15:221e 16:005e " +
  "17:005c 18:20ac 19:00d3 1a:007c 1c:00c2 1d:00e2 1e:00ca 24:00ba 40:00cd 5b:00c3 5c:00d5 5d:00da 60:007e 7b:00e3 " +
  "7c:00f5 7d:0060";
const EXTENSION = "0a:000c 14:005e 28:007b 29:007d 2f:005c 3c:005b 3d:007e 3e:005d 40:007c 65:20ac";
/** Beside what the extension table has. */
const SINGLE: Readonly<Record<number, string>> = {
  1: "47:011e 49:0130 53:015e 63:00e7 67:011f 69:0131 73:015f",
  2: "09:00e7 41:00c1 49:00cd 4f:00d3 55:00da 61:00e1 69:00ed 6f:00f3 75:00fa",
  3:
    "05:00ea 09:00e7 0b:00d4 0c:00f4 0e:00c1 0f:00e1 12:03a6 13:0393 15:03a9 16:03a0 17:03a8 18:03a3 19:0398 1f:00ca " +
    "41:00c0 49:00cd 4f:00d3 55:00da 5b:00c3 5c:00d5 61:00c2 69:00ed 6f:00f3 75:00fa 7b:00e3 7c:00f5 7f:00e2",
};

function pairs(list: string): [number, string][] {
  return list.split(" ").map((pair) => {
    const [septet, point] = pair.split(":");
    return [Number.parseInt(septet!, 16), String.fromCodePoint(Number.parseInt(point!, 16))];
  });
}

function locking(changes: string): string[] {
  const table = BASIC.flatMap((row) => row.split(" ")).map((point) => String.fromCodePoint(Number.parseInt(point, 16)));
  if (changes !== "") for (const [septet, character] of pairs(changes)) table[septet] = character;
  return table;
}

/** By National Language Identifier. */
export const LOCKING: Readonly<Record<number, readonly string[]>> = {
  0: locking(""),
  1: locking(TURKISH),
  3: locking(PORTUGUESE),
};

/** By National Language Identifier: septet behind the escape to character. */
export const EXTENSIONS: Readonly<Record<number, ReadonlyMap<number, string>>> = {
  0: new Map(pairs(EXTENSION)),
  1: new Map([...pairs(EXTENSION), ...pairs(SINGLE[1]!)]),
  2: new Map([...pairs(EXTENSION), ...pairs(SINGLE[2]!)]),
  3: new Map([...pairs(EXTENSION), ...pairs(SINGLE[3]!)]),
};

/** What a character costs in septets, 0 if these tables don't have it. */
export function septetsFor(character: string, lockingLanguage: number, singleLanguage: number): number {
  if (character !== "\u001b" && LOCKING[lockingLanguage]!.includes(character)) return 1;
  return [...EXTENSIONS[singleLanguage]!.values()].includes(character) ? 2 : 0;
}
