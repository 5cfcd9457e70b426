import type { MediaType } from './evidence-file.ts';

/**
 * Of a picture that is shown in a page. A few hundred kB can unpack to billions of pixels: 40 million take some 160 MB of whoever looks
 * at it, and are more than a screen or a telephone makes in so few bytes.
 */
export const MOST_PICTURE_PIXELS = 40_000_000;
export const MOST_PICTURE_MEGAPIXELS = MOST_PICTURE_PIXELS / 1_000_000;

/** In pixels, as the file itself says. */
export type PictureSize = { readonly widthPixels: number; readonly heightPixels: number };

/**
 * How large a picture says that it is: read from its header, nothing is unpacked. Null for what is no picture, or says nothing that can
 * be read. PNG (ISO/IEC 15948), JPEG (ITU-T T.81, B.2) and WebP (RFC 9649).
 */
export function pictureSize(bytes: Uint8Array, mediaType: MediaType): PictureSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = mediaType === 'text/plain' ? null : READERS[mediaType](view);
  return size !== null && size.widthPixels > 0 && size.heightPixels > 0 ? size : null;
}

/** Whether a page may show it: it has a size, and one that a browser unpacks without harm. */
export function isShowable(size: PictureSize): boolean {
  return size.widthPixels * size.heightPixels <= MOST_PICTURE_PIXELS;
}

const READERS: Readonly<Record<Exclude<MediaType, 'text/plain'>, (view: DataView) => PictureSize | null>> = {
  'image/png': (view) =>
    word(view, 12) === 'IHDR' && view.byteLength >= 24
      ? { widthPixels: view.getUint32(16), heightPixels: view.getUint32(20) }
      : null,
  'image/jpeg': sizeOfJpeg,
  'image/webp': sizeOfWebp,
};

/** Four characters; empty past the end. */
function word(view: DataView, at: number): string {
  if (view.byteLength < at + 4) return '';
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

/** From segment to segment until the frame header. */
function sizeOfJpeg(view: DataView): PictureSize | null {
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const framed = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (framed) return { widthPixels: view.getUint16(at + 7), heightPixels: view.getUint16(at + 5) };
    // The scan or the end, without a frame before it.
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function sizeOfWebp(view: DataView): PictureSize | null {
  if (view.byteLength < 30) return null;
  switch (word(view, 12)) {
    case 'VP8 ':
      return { widthPixels: view.getUint16(26, true) & 0x3fff, heightPixels: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { widthPixels: (bits & 0x3fff) + 1, heightPixels: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X': {
      const three = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_00_00;
      return { widthPixels: three(24) + 1, heightPixels: three(27) + 1 };
    }
    default:
      return null;
  }
}
