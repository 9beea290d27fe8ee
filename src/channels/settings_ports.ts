/**
 * The port through which the daemon reads and changes a person's settings.
 *
 * @module
 */

/**
 * The settings, with the names they have in the settings document and file. A type and not an
 * interface, so that it passes where a JSON object is expected.
 */
export type Settings = {
  /** The colours of the client, such as "system", "light" or "dark". */
  theme: string;
  /** The runtime of a new notebook. */
  default_runtime: string;
  /** The package manager of a new Python notebook. */
  default_python_env: string;
  /** How long a room without peers stays, in seconds. */
  keep_alive_secs: number;
  /** Whether the person has been through the client's first steps. */
  onboarding_completed: boolean;
  /** What uv environments start with. */
  uv: { default_packages: string[] };
  /** What conda environments start with. */
  conda: { default_packages: string[] };
};

/** The settings of a person who has set nothing. */
export const DEFAULT_SETTINGS: Readonly<Settings> = {
  theme: "system",
  default_runtime: "python",
  default_python_env: "uv",
  keep_alive_secs: 30,
  onboarding_completed: false,
  uv: { default_packages: [] },
  conda: { default_packages: [] },
};

/** Keeps the settings, and tells when they change. */
export interface SettingsStore extends AsyncDisposable {
  /** The settings now. */
  readonly current: Readonly<Settings>;

  /**
   * Changes some settings and keeps them. What isn't named stays, also keys nobody here knows.
   *
   * @param change The settings that shall change.
   * @throws {NotebookdError} with code `invalid_argument` when a value can't be used, and
   * `storage_failed` or `permission_denied` when they can't be kept; they are as before then.
   */
  update(change: Partial<Settings>): Promise<void>;

  /**
   * Calls a function after each change of a value, whoever made it.
   *
   * @returns What ends the calls when it is disposed.
   */
  subscribe(listener: (settings: Readonly<Settings>) => void): Disposable;
}
