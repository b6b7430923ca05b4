/** What the build of the console leaves for the service: which files there are, and of what type. Each stands there thrice: as it is, .br and .gz. */

export interface Asset {
  /** In /assets/ and in the folder of the build; the name of a page is that of its file. */
  readonly name: string;
  readonly type: string;
}

export interface Manifest {
  /** Under names with a hash of what is in them: they never change. */
  readonly assets: readonly Asset[];
  readonly pages: readonly Asset[];
}
