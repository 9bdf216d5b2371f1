/**
 * The exit code of a parser process that has another version than the daemon that starts it. An upgrade replaces the program below a running
 * daemon, and the two might misunderstand each other, so mail waits for the restart.
 */
export const OTHER_VERSION_EXIT = 69
