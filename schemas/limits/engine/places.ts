/** Bounds of what is known of the country: population, boundaries, and the reach that is worked out from them. */

/** Bounds of the files that an operator imports, and of looking a position up. */
export const PLACES = {
  /** Bytes of a population file: 4,067 postcodes take 300 kB; this is room for wide tables of all 9,000 there can be. */
  populationBytes: 8_388_608,
  /** Bytes of a file of boundaries: the vertices below, written out with 15 digits and some white space. */
  boundaryBytes: 33_554_432,
  /** Vertices of all boundaries, at 16 bytes each in memory: 6 MB. The country's generalised outlines have 6,000 to 300,000. */
  boundaryVertices: 400_000,
  /** Polygons of all boundaries: 390 municipalities, and the islands and sandbanks of a detailed file. Each look-up passes them. */
  boundaryPolygons: 20_000,
  /** Characters of a municipality's name: the longest has 29. */
  nameCharacters: 100,
  /**
   * How far outside all boundaries somebody in Dutch waters still belongs to the nearest municipality. In the generalised
   * outlines of 2016 a quarter of Lelystad lies 3.8 km outside, Marken 3.1, the Maasvlakte 1.5; a harbour, a pier or a
   * beach must not be refused.
   */
  shoreMeters: 5_000,
  /**
   * The same from the centre of the nearest postcode or place, where there are no boundaries: 99 of 100 positions on land or
   * near it have a bundled place within 11 km, the middle of the Afsluitdijk one at 15.
   */
  centreMeters: 15_000,
  /** What a map shows: the country with a rim of its neighbours, where an area across the border is drawn. West, south, east, north. */
  mapBox: [2, 50, 8.5, 54],
  /** Land around it, so that a wide screen shows no sea where there is none; the same order. */
  mapLandBox: [-3, 48, 14, 56],
  /** Points of the borders of all municipalities on a map: a megabyte of GeoJSON, in which a screen's pixel is 50 m or more. */
  mapPoints: 25_000,
  /** What is smaller than a triangle of 50 m by 50 m is not drawn; square degrees. */
  mapTriangle: 1.6e-7,
  /** Inhabitants from which on a place beyond the border has its name on a map. */
  mapPeopleAbroad: 5_000,
  /** Characters of what is sought: the longest name of a place here has 39. */
  soughtCharacters: 60,
  /** Places that one search finds: more than a list shows without scrolling. */
  found: 20,
  /** Names looked at for one search: two letters begin at most some thousands, of which the largest places come first. */
  foundAmong: 5_000,
} as const;

/** Bounds of reach. */
export const REACH = {
  /** No count of fewer people is ever told, and all counts are rounded to this (engine/reach/privacy.ts). */
  peopleMin: 5,
  /** The sides of cells, in metres. Each is twice the one before, so that cells of one size are made of whole ones of another. */
  cellMeters: [500, 1_000, 2_000, 4_000, 8_000],
  /** Radius of the circle that is to reach somebody: below, nobody would draw one; above, it is larger than most areas. */
  radiusMetersMin: 100,
  radiusMetersMax: 20_000,
  /** People whom the circle is to reach: hundreds answer one action at the most. */
  peopleWantedMax: 1_000,
  /** The chance that is wanted: a half is no aim, and five nines ask for more people than there are. */
  chanceMin: 0.5,
  chanceMax: 0.99999,
  /** Per cent of the national share below which an area falls behind, where the query does not say. */
  behindPercent: 75,
  /** Areas in one answer: all postcodes of the country fit, and GeoJSON of so many cells is 2 MB. */
  areasPerPage: 5_000,
  /** A page of more characters leaves megabytes behind in its worker, which are given back at once: 10 ms well spent. */
  longCharacters: 262_144,
  /** How long the counts of a level may be used again: people join all day, but reach is looked at by the month. */
  keptMs: 60_000,
  /** Counts of so many levels and sizes are kept: there are seven. */
  kept: 8,
  /** Queries at a time: each may need a count of half a second, and counts go one after the other. */
  waiting: 8,
} as const;
