import { countryName, isCountry } from './country.ts';

/** Parts of the world as a renter names them, after the regions of the United Nations (M49). */
export const CONTINENTS = ['europe', 'northAmerica', 'southAmerica', 'asia', 'africa', 'oceania'] as const;
export type Continent = (typeof CONTINENTS)[number];

export const CONTINENT_NAMES: Record<Continent, string> = {
  europe: 'Europe',
  northAmerica: 'North America',
  southAmerica: 'South America',
  asia: 'Asia',
  africa: 'Africa',
  oceania: 'Oceania',
};

// Antarctica and the islands below it that nobody lives on are in none.
const COUNTRIES: Record<Continent, ReadonlySet<string>> = {
  europe: codes(
    'AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA',
  ),
  northAmerica: codes(
    'AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI',
  ),
  southAmerica: codes('AR BO BR CL CO EC FK GF GS GY PE PY SR UY VE'),
  asia: codes(
    'AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE',
  ),
  africa: codes(
    'AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW',
  ),
  oceania: codes('AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS'),
};

function codes(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

export function isContinent(word: string): word is Continent {
  return (CONTINENTS as readonly string[]).includes(word);
}

/** True for what a renter may wish for: a continent's word, or a country's code. */
export function isRegion(word: string): boolean {
  return isContinent(word) || isCountry(word);
}

/** What is wrong with the regions that a renter wishes for, as a sentence, or null. */
export function regionsProblem(regions: readonly string[]): string | null {
  const unknown = regions.find((region) => !isRegion(region));
  return unknown === undefined
    ? null
    : `"${unknown.slice(0, 40)}" is neither a continent (like europe) nor a country's code (like DE).`;
}

/** Regions as they are typed, with commas: "North America" as its word, "de" as DE; what is neither stays for {@link regionsProblem}. */
export function readRegions(text: string): string[] {
  const named = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return [...new Set(named.map(regionWord))];
}

function regionWord(text: string): string {
  const joined = text.replace(/\s+(\w)/g, (_, letter: string) => letter.toUpperCase());
  const word = joined.charAt(0).toLowerCase() + joined.slice(1);
  return isContinent(word) ? word : text.toUpperCase();
}

/** "Europe", "Germany". */
export function regionName(word: string): string {
  return isContinent(word) ? CONTINENT_NAMES[word] : countryName(word);
}

/** The countries of wished regions, by their codes, each once; null when none is wished, which is anywhere. */
export function countriesOf(regions: readonly string[]): readonly string[] | null {
  if (regions.length === 0) return null;
  return [...new Set(regions.flatMap((word) => (isContinent(word) ? [...COUNTRIES[word]] : [word])))];
}
