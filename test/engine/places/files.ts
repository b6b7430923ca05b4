/** Small files of population and boundaries, as an operator would import them. */

export const HEADER = "pc4,plaats,gemeente_2022,provincie,inwoners,inwoners16plus,km2,lon,lat";

/** Around Woerden; 3449 has no municipality, as a few have none in the table of Statistics Netherlands. */
export const ROWS = [
  '3441,"Woerden","Woerden",Utrecht,9600,8000,3.2,4.8870,52.0870',
  '3442,"Woerden","Woerden",Utrecht,6000,5000,4.1,4.8700,52.0930',
  '3448,"Woerden","Woerden",Utrecht,7000,5800,2.1,4.9050,52.0770',
  '3449,"NA","NA",Utrecht,700,600,1.1,4.9100,52.0700',
  '3471,"Kamerik","Woerden",Utrecht,3900,3200,24.0,4.8960,52.1120',
  '3481,"Harmelen","Woerden",Utrecht,8200,6700,18.0,4.9630,52.0910',
  '2411,"Bodegraven","Bodegraven-Reeuwijk",Zuid-Holland,20000,16500,40.0,4.7460,52.0820',
  '3453,"De Meern","Utrecht",Utrecht,11000,9000,5.0,5.0300,52.0800',
];

export const POPULATION = `${[HEADER, ...ROWS].join("\n")}\n`;

export const WOERDEN = 632;
export const BODEGRAVEN_REEUWIJK = 1901;
export const UTRECHT = 344;

type Box = readonly [west: number, south: number, east: number, north: number];

/** A ring around a box, clockwise: RFC 7946 wants it otherwise, many files are so. */
export function ring([west, south, east, north]: Box): [number, number][] {
  return [
    [west, south],
    [west, north],
    [east, north],
    [east, south],
    [west, south],
  ];
}

export function feature(properties: object, coordinates: unknown, type = "Polygon", id?: string) {
  return { type: "Feature", ...(id !== undefined && { id }), properties, geometry: { type, coordinates } };
}

export function collection(...features: object[]): string {
  return JSON.stringify({ type: "FeatureCollection", features });
}

export const WOERDEN_BOX: Box = [4.8, 52.04, 4.99, 52.14];
const BODEGRAVEN_BOX: Box = [4.65, 52.04, 4.8, 52.14];

export const BOUNDARIES = collection(
  feature({ statcode: "GM0632", statnaam: "Woerden" }, [ring(WOERDEN_BOX)]),
  feature({ statcode: "GM1901", statnaam: "Bodegraven-Reeuwijk" }, [ring(BODEGRAVEN_BOX)]),
);
