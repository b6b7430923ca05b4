/** How the commands end: one table, which the manual page shows as it stands. */

export const EXIT = {
  done: 0,
  inPart: 1,
  notDone: 2,
  usage: 64,
  fatal: 70,
  notNow: 75,
  notStarted: 78,
  interrupted: 130,
} as const;

/** What each means; the last five are those of sysexits.h and of the shell. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "Done, or there was nothing to do.",
  inPart: "Done, but some of it was refused or found wanting: rows of a file, a carrier that can't be used as it is.",
  notDone: "Not done; the problem's code and detail are on stderr.",
  usage: "There is no such command, option or argument; nothing was done.",
  fatal:
    "The service could not go on, such as after a commit that failed, or a command met a mistake of the program's own; start it again.",
  notNow: "Not done now, such as on a full disk, or while another process has the folder or the port; try again.",
  notStarted:
    "A setting has a mistake, or the service could not start and can't until somebody sees to it; nothing was done.",
  interrupted: "Interrupted from the terminal.",
};
