/** Bounds of photos and films: what is taken in, what a process that reads one may use, and what is shown. */
export const MEDIA = {
  /** Records of files in one page of a list: a millisecond to open, 40 kB. */
  pageSize: 100,
  /** Bytes of a photo: what telephones make has 3 to 12 MB. */
  photoBytes: 16_777_216,
  /** Bytes of any file, which is those of a film: half a minute of a telephone's usual quality. */
  fileBytes: 67_108_864,
  /** Files of one reply: a car from four sides. */
  perReply: 4,
  /** Files that go out with an action: the page stays readable on a telephone. */
  perAction: 12,
  /** Files of all replies to one action. Behind them texts still come; at 5 MB each they would be 100 GB. */
  ofReplies: 20_000,
  /** Files that are being received at a time: a rush of 200, and some. Each holds three chunks of memory. */
  receiving: 256,
  /** And those of one client: a reply's own, and again for whoever sits behind the same address. */
  receivingPerClient: 32,
  /** How long a file may take to come in: the longest at 1 Mbit/s. */
  receiveMs: 600_000,
  /** Bytes that are sealed in one go, in 25 us. */
  chunkBytes: 32_768,
  /** Chunks that wait for the disk; then the client waits. */
  waitingChunks: 2,
  /** And of all files together, 2 MB: what is read faster than the disk takes it is held by who sends it. */
  allWaitingChunks: 64,
  /** Room on the disk that files leave to the ledger, which may need some hundreds of megabytes for a nationwide action. */
  diskKeptBytes: 536_870_912,

  /** Processes that read files at a time: one of two cores stays with what sends. A photo takes 0.4 s of one. */
  cleaners: 1,
  /** Files that wait to be read, of which nothing but their ids is held. */
  waiting: 100_000,
  /** How often one is begun when its process can't be started; then it waits for the next start of the service. */
  attempts: 3,
  /** Kilobytes of data of such a process (RLIMIT_DATA): Node with sharp has 150 MB for a photo of 50 megapixels. */
  cleanerDataKilobytes: 524_288,
  /** Seconds of a processor, and of the clock: a film is encoded anew at about its own speed. */
  cleanerCpuSeconds: 120,
  cleanerMs: 180_000,
  /** Seconds for a photo, of which the largest take two. */
  photoSeconds: 20,
  /** Pixels of a photo as its head says: those of 108 megapixels that some telephones make. */
  pixels: 120_000_000,
  /** Pixels of a film as its head says: 8K, which the best telephones make. A decoder holds several pictures, in what the process may have. */
  videoPixels: 36_000_000,
  /** Seconds of a film that are shown; the original has all of it. */
  videoSeconds: 60,
  /** Longer edge of what is shown, in pixels: three times that of a telephone's screen in its own pixels, some 300 kB. */
  edgePixels: 1_600,
  videoEdgePixels: 960,
  /** In the way of JPEG, of 100. */
  quality: 80,
  /** Bytes of what a process gives back. */
  cleanedBytes: 33_554_432,

  /** Rectangles that are made unreadable in one picture: a row of parked cars. */
  blurs: 32,
  /** Squares that a rectangle is averaged into along its longer edge: of a face or a plate nothing is left to be had back. */
  blurSquares: 6,
  /** Bytes of what is shown that are held in memory, the latest first: a hundred pictures. */
  shownBytes: 33_554_432,
} as const;
