import { type ClassValue, clsx } from 'clsx';

/** Joins class names. A component's `className` is for its place (margin, width, grid cell), never for its look. */
export function cn(...classes: ClassValue[]): string {
  return clsx(classes);
}
