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
} as const;
