// Where the phone is: the sharpest fix within half a minute to open, the newest one to stay.

const SHARP = { enableHighAccuracy: true, maximumAge: 0 };
const PATIENCE_MS = 27_000;
// [milliseconds, metres]: after so long, a fix this good will do. The server has the last word.
const GOOD_ENOUGH = [[0, 20], [5_000, 50], [15_000, 100]];
const FRESH_MS = 10_000;

// No position; `name` is the word that says what to do.
export class NoFix extends Error {
  constructor(name) {
    super(name);
    this.name = name;
  }
}

const BY_CODE = { 1: "denied", 2: "unavailable", 3: "timeout" };

// A fix taken from now on. `told(metres)` hears how good it is so far.
export function locate(told = () => {}) {
  if (!navigator.geolocation || !isSecureContext) return Promise.reject(new NoFix("unsupported"));
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let best = null;
    let failure = "timeout";
    const done = () => {
      navigator.geolocation.clearWatch(watching);
      clearInterval(looking);
      if (best) resolve(wire(best));
      else reject(new NoFix(failure));
    };
    const isEnough = () => {
      const waited = performance.now() - begun;
      const sharp = GOOD_ENOUGH.some(([ms, metres]) => waited >= ms && best?.accuracy_m <= metres);
      return sharp || waited >= PATIENCE_MS;
    };
    const watching = navigator.geolocation.watchPosition(
      (position) => {
        const fix = measured(position);
        if (!best || fix.accuracy_m <= best.accuracy_m) best = fix;
        told(Math.round(best.accuracy_m));
        if (isEnough()) done();
      },
      (error) => {
        failure = BY_CODE[error.code];
        // "Unavailable" comes and goes while a receiver wakes; only a "no" is final.
        if (error.code === 1) done();
      },
      { ...SHARP, timeout: PATIENCE_MS },
    );
    const looking = setInterval(() => isEnough() && done(), 500);
  });
}

// The newest fix while a visit lasts; errors in between only mean that there is none yet.
export class Watch {
  start() {
    this.stop();
    this.watching = navigator.geolocation.watchPosition(
      (position) => (this.newest = measured(position)),
      () => {},
      SHARP,
    );
  }

  stop() {
    if (this.watching !== undefined) navigator.geolocation.clearWatch(this.watching);
    this.watching = this.newest = undefined;
  }

  // A phone that lies still may not be told again where it is: then it is asked.
  fresh() {
    const { newest } = this;
    if (newest && age(newest) <= FRESH_MS) return Promise.resolve(wire(newest));
    return new Promise((resolve, reject) =>
      navigator.geolocation.getCurrentPosition(
        (position) => resolve(wire(measured(position))),
        (error) => reject(new NoFix(BY_CODE[error.code])),
        { ...SHARP, timeout: FRESH_MS },
      ),
    );
  }
}

// A position with the moment it came, by a clock that only runs forward.
function measured({ coords, timestamp }) {
  const fix = {
    lat: coords.latitude,
    lon: coords.longitude,
    accuracy_m: coords.accuracy,
    crs: "wgs84", // What the W3C promises of every browser.
    provider: "browser",
    is_mock: false, // No browser tells.
  };
  if (coords.altitude !== null) fix.altitude_m = coords.altitude;
  // Some browsers hand out an older fix than asked for; their own stamp says so, if it is sane.
  const late = Date.now() - timestamp;
  const before = late > 0 && late < 3_600_000 ? late : 0;
  return { ...fix, at: performance.now() - before };
}

function age(fix) {
  return Math.round(performance.now() - fix.at);
}

function wire({ at, ...fix }) {
  return { ...fix, age_ms: age({ at }) };
}
