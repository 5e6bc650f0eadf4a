// Photos small enough for a bad network.

const EDGE = 1600;
const QUALITY = 0.8;

// A photo as large as somebody will look at it; drawing it anew leaves out where it was taken.
export async function shrink(input) {
  const file = input.files[0];
  if (!file) return;
  try {
    const whole = await createImageBitmap(file);
    const scale = Math.min(1, EDGE / Math.max(whole.width, whole.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(whole.width * scale);
    canvas.height = Math.round(whole.height * scale);
    canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    const list = new DataTransfer();
    list.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
    input.files = list.files;
  } catch {
    // A format this browser cannot open goes as it is: the server may know it.
  }
}
