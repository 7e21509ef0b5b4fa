// Code generated from data/zip.txt by core/place/gen; DO NOT EDIT.

package place

var zipSets = [...][]Place{
	nil,
	{{State: 33, Zone: 1}},                                           // NY:America/New_York
	{{State: 52, Zone: 11}},                                          // PR:America/Puerto_Rico
	{{State: 53, Zone: 12}},                                          // VI:America/St_Thomas
	{{State: 22, Zone: 1}},                                           // MA:America/New_York
	{{State: 40, Zone: 1}},                                           // RI:America/New_York
	{{State: 30, Zone: 1}},                                           // NH:America/New_York
	{{State: 20, Zone: 1}},                                           // ME:America/New_York
	{{State: 46, Zone: 1}},                                           // VT:America/New_York
	{{State: 7, Zone: 1}},                                            // CT:America/New_York
	{{State: 31, Zone: 1}},                                           // NJ:America/New_York
	{{State: 39, Zone: 1}},                                           // PA:America/New_York
	{{State: 8, Zone: 1}},                                            // DE:America/New_York
	{{State: 9, Zone: 1}},                                            // DC:America/New_York
	{{State: 47, Zone: 1}},                                           // VA:America/New_York
	{{State: 21, Zone: 1}},                                           // MD:America/New_York
	{{State: 49, Zone: 1}},                                           // WV:America/New_York
	{{State: 34, Zone: 1}},                                           // NC:America/New_York
	{{State: 41, Zone: 1}},                                           // SC:America/New_York
	{{State: 11, Zone: 1}},                                           // GA:America/New_York
	{{State: 10, Zone: 1}},                                           // FL:America/New_York
	{{State: 10, Zone: 2}, {State: 10, Zone: 1}},                     // FL:America/Chicago FL:America/New_York
	{{State: 10, Zone: 2}},                                           // FL:America/Chicago
	{{State: 1, Zone: 2}},                                            // AL:America/Chicago
	{{State: 1, Zone: 2}, {State: 1, Zone: 1}},                       // AL:America/Chicago AL:America/New_York
	{{State: 43, Zone: 2}},                                           // TN:America/Chicago
	{{State: 43, Zone: 1}, {State: 43, Zone: 2}},                     // TN:America/New_York TN:America/Chicago
	{{State: 43, Zone: 1}},                                           // TN:America/New_York
	{{State: 25, Zone: 2}},                                           // MS:America/Chicago
	{{State: 18, Zone: 24}},                                          // KY:America/Kentucky/Louisville
	{{State: 18, Zone: 24}, {State: 18, Zone: 2}},                    // KY:America/Kentucky/Louisville KY:America/Chicago
	{{State: 18, Zone: 1}},                                           // KY:America/New_York
	{{State: 18, Zone: 2}},                                           // KY:America/Chicago
	{{State: 18, Zone: 1}, {State: 18, Zone: 2}},                     // KY:America/New_York KY:America/Chicago
	{{State: 36, Zone: 1}},                                           // OH:America/New_York
	{{State: 15, Zone: 16}},                                          // IN:America/Indiana/Indianapolis
	{{State: 15, Zone: 2}},                                           // IN:America/Chicago
	{{State: 15, Zone: 16}, {State: 15, Zone: 2}},                    // IN:America/Indiana/Indianapolis IN:America/Chicago
	{{State: 15, Zone: 2}, {State: 15, Zone: 16}},                    // IN:America/Chicago IN:America/Indiana/Indianapolis
	{{State: 23, Zone: 9}},                                           // MI:America/Detroit
	{{State: 23, Zone: 9}, {State: 23, Zone: 26}},                    // MI:America/Detroit MI:America/Menominee
	{{State: 16, Zone: 2}},                                           // IA:America/Chicago
	{{State: 50, Zone: 2}},                                           // WI:America/Chicago
	{{State: 24, Zone: 2}},                                           // MN:America/Chicago
	{{State: 42, Zone: 2}},                                           // SD:America/Chicago
	{{State: 42, Zone: 2}, {State: 42, Zone: 3}},                     // SD:America/Chicago SD:America/Denver
	{{State: 42, Zone: 3}},                                           // SD:America/Denver
	{{State: 35, Zone: 2}},                                           // ND:America/Chicago
	{{State: 35, Zone: 2}, {State: 35, Zone: 3}},                     // ND:America/Chicago ND:America/Denver
	{{State: 35, Zone: 3}, {State: 35, Zone: 2}},                     // ND:America/Denver ND:America/Chicago
	{{State: 27, Zone: 3}},                                           // MT:America/Denver
	{{State: 14, Zone: 2}},                                           // IL:America/Chicago
	{{State: 26, Zone: 2}},                                           // MO:America/Chicago
	{{State: 17, Zone: 2}},                                           // KS:America/Chicago
	{{State: 17, Zone: 2}, {State: 17, Zone: 3}},                     // KS:America/Chicago KS:America/Denver
	{{State: 28, Zone: 2}},                                           // NE:America/Chicago
	{{State: 28, Zone: 2}, {State: 28, Zone: 3}},                     // NE:America/Chicago NE:America/Denver
	{{State: 28, Zone: 3}},                                           // NE:America/Denver
	{{State: 19, Zone: 2}},                                           // LA:America/Chicago
	{{State: 4, Zone: 2}},                                            // AR:America/Chicago
	{{State: 37, Zone: 2}},                                           // OK:America/Chicago
	{{State: 44, Zone: 2}},                                           // TX:America/Chicago
	{{State: 44, Zone: 3}, {State: 44, Zone: 2}},                     // TX:America/Denver TX:America/Chicago
	{{State: 44, Zone: 3}},                                           // TX:America/Denver
	{{State: 6, Zone: 3}},                                            // CO:America/Denver
	{{State: 51, Zone: 3}},                                           // WY:America/Denver
	{{State: 13, Zone: 10}},                                          // ID:America/Boise
	{{State: 13, Zone: 5}, {State: 13, Zone: 10}},                    // ID:America/Los_Angeles ID:America/Boise
	{{State: 13, Zone: 5}},                                           // ID:America/Los_Angeles
	{{State: 45, Zone: 3}},                                           // UT:America/Denver
	{{State: 3, Zone: 4}},                                            // AZ:America/Phoenix
	{{State: 3, Zone: 4}, {State: 3, Zone: 3}},                       // AZ:America/Phoenix AZ:America/Denver
	{{State: 32, Zone: 3}},                                           // NM:America/Denver
	{{State: 29, Zone: 5}},                                           // NV:America/Los_Angeles
	{{State: 29, Zone: 5}, {State: 29, Zone: 3}},                     // NV:America/Los_Angeles NV:America/Denver
	{{State: 5, Zone: 5}},                                            // CA:America/Los_Angeles
	{{State: 12, Zone: 8}},                                           // HI:Pacific/Honolulu
	{{State: 54, Zone: 13}, {State: 56, Zone: 14}},                   // GU:Pacific/Guam MP:Pacific/Saipan
	{{State: 38, Zone: 5}},                                           // OR:America/Los_Angeles
	{{State: 38, Zone: 5}, {State: 38, Zone: 10}},                    // OR:America/Los_Angeles OR:America/Boise
	{{State: 48, Zone: 5}},                                           // WA:America/Los_Angeles
	{{State: 2, Zone: 6}, {State: 2, Zone: 7}},                       // AK:America/Anchorage AK:America/Adak
	{{State: 2, Zone: 6}, {State: 2, Zone: 33}},                      // AK:America/Anchorage AK:America/Yakutat
	{{State: 2, Zone: 6}, {State: 2, Zone: 34}},                      // AK:America/Anchorage AK:America/Nome
	{{State: 2, Zone: 30}, {State: 2, Zone: 31}},                     // AK:America/Juneau AK:America/Sitka
	{{State: 2, Zone: 31}, {State: 2, Zone: 32}},                     // AK:America/Sitka AK:America/Metlakatla
	{{State: 30, Zone: 1}, {State: 20, Zone: 1}},                     // NH:America/New_York ME:America/New_York
	{{State: 47, Zone: 1}, {State: 49, Zone: 1}},                     // VA:America/New_York WV:America/New_York
	{{State: 9, Zone: 1}, {State: 21, Zone: 1}},                      // DC:America/New_York MD:America/New_York
	{{State: 9, Zone: 1}, {State: 47, Zone: 1}},                      // DC:America/New_York VA:America/New_York
	{{State: 11, Zone: 1}, {State: 1, Zone: 2}, {State: 1, Zone: 1}}, // GA:America/New_York AL:America/Chicago AL:America/New_York
	{{State: 43, Zone: 1}, {State: 11, Zone: 1}},                     // TN:America/New_York GA:America/New_York
	{{State: 43, Zone: 2}, {State: 18, Zone: 2}},                     // TN:America/Chicago KY:America/Chicago
	{{State: 18, Zone: 2}, {State: 43, Zone: 2}},                     // KY:America/Chicago TN:America/Chicago
	{{State: 16, Zone: 2}, {State: 24, Zone: 2}},                     // IA:America/Chicago MN:America/Chicago
	{{State: 16, Zone: 2}, {State: 26, Zone: 2}},                     // IA:America/Chicago MO:America/Chicago
	{{State: 24, Zone: 2}, {State: 16, Zone: 2}},                     // MN:America/Chicago IA:America/Chicago
	{{State: 24, Zone: 2}, {State: 42, Zone: 2}},                     // MN:America/Chicago SD:America/Chicago
	{{State: 42, Zone: 2}, {State: 24, Zone: 2}},                     // SD:America/Chicago MN:America/Chicago
	{{State: 42, Zone: 3}, {State: 35, Zone: 3}},                     // SD:America/Denver ND:America/Denver
	{{State: 42, Zone: 3}, {State: 42, Zone: 2}, {State: 35, Zone: 3}, {State: 35, Zone: 2}}, // SD:America/Denver SD:America/Chicago ND:America/Denver ND:America/Chicago
	{{State: 42, Zone: 2}, {State: 35, Zone: 2}},                                             // SD:America/Chicago ND:America/Chicago
	{{State: 42, Zone: 3}, {State: 51, Zone: 3}},                                             // SD:America/Denver WY:America/Denver
	{{State: 42, Zone: 3}, {State: 27, Zone: 3}},                                             // SD:America/Denver MT:America/Denver
	{{State: 35, Zone: 2}, {State: 42, Zone: 2}},                                             // ND:America/Chicago SD:America/Chicago
	{{State: 35, Zone: 2}, {State: 24, Zone: 2}},                                             // ND:America/Chicago MN:America/Chicago
	{{State: 35, Zone: 3}, {State: 35, Zone: 2}, {State: 42, Zone: 3}, {State: 42, Zone: 2}}, // ND:America/Denver ND:America/Chicago SD:America/Denver SD:America/Chicago
	{{State: 35, Zone: 3}, {State: 42, Zone: 3}},                                             // ND:America/Denver SD:America/Denver
	{{State: 27, Zone: 3}, {State: 35, Zone: 2}, {State: 35, Zone: 3}},                       // MT:America/Denver ND:America/Chicago ND:America/Denver
	{{State: 27, Zone: 3}, {State: 13, Zone: 5}},                                             // MT:America/Denver ID:America/Los_Angeles
	{{State: 26, Zone: 2}, {State: 14, Zone: 2}},                                             // MO:America/Chicago IL:America/Chicago
	{{State: 17, Zone: 2}, {State: 28, Zone: 2}},                                             // KS:America/Chicago NE:America/Chicago
	{{State: 17, Zone: 2}, {State: 37, Zone: 2}},                                             // KS:America/Chicago OK:America/Chicago
	{{State: 28, Zone: 2}, {State: 17, Zone: 2}},                                             // NE:America/Chicago KS:America/Chicago
	{{State: 28, Zone: 2}, {State: 28, Zone: 3}, {State: 42, Zone: 2}, {State: 42, Zone: 3}}, // NE:America/Chicago NE:America/Denver SD:America/Chicago SD:America/Denver
	{{State: 4, Zone: 2}, {State: 19, Zone: 2}},                                              // AR:America/Chicago LA:America/Chicago
	{{State: 37, Zone: 2}, {State: 44, Zone: 2}},                                             // OK:America/Chicago TX:America/Chicago
	{{State: 6, Zone: 3}, {State: 28, Zone: 3}},                                              // CO:America/Denver NE:America/Denver
	{{State: 6, Zone: 3}, {State: 32, Zone: 3}},                                              // CO:America/Denver NM:America/Denver
	{{State: 51, Zone: 3}, {State: 6, Zone: 3}},                                              // WY:America/Denver CO:America/Denver
	{{State: 51, Zone: 3}, {State: 42, Zone: 3}},                                             // WY:America/Denver SD:America/Denver
	{{State: 51, Zone: 3}, {State: 27, Zone: 3}},                                             // WY:America/Denver MT:America/Denver
	{{State: 51, Zone: 3}, {State: 45, Zone: 3}},                                             // WY:America/Denver UT:America/Denver
	{{State: 51, Zone: 3}, {State: 13, Zone: 10}},                                            // WY:America/Denver ID:America/Boise
	{{State: 13, Zone: 10}, {State: 45, Zone: 3}},                                            // ID:America/Boise UT:America/Denver
	{{State: 13, Zone: 10}, {State: 13, Zone: 5}},                                            // ID:America/Boise ID:America/Los_Angeles
	{{State: 45, Zone: 3}, {State: 29, Zone: 5}, {State: 29, Zone: 3}},                       // UT:America/Denver NV:America/Los_Angeles NV:America/Denver
	{{State: 45, Zone: 3}, {State: 3, Zone: 3}, {State: 3, Zone: 4}},                         // UT:America/Denver AZ:America/Denver AZ:America/Phoenix
	{{State: 3, Zone: 4}, {State: 3, Zone: 3}, {State: 45, Zone: 3}},                         // AZ:America/Phoenix AZ:America/Denver UT:America/Denver
	{{State: 3, Zone: 4}, {State: 3, Zone: 3}, {State: 32, Zone: 3}, {State: 45, Zone: 3}},   // AZ:America/Phoenix AZ:America/Denver NM:America/Denver UT:America/Denver
	{{State: 3, Zone: 4}, {State: 3, Zone: 3}, {State: 32, Zone: 3}},                         // AZ:America/Phoenix AZ:America/Denver NM:America/Denver
	{{State: 32, Zone: 3}, {State: 3, Zone: 3}, {State: 3, Zone: 4}},                         // NM:America/Denver AZ:America/Denver AZ:America/Phoenix
	{{State: 32, Zone: 3}, {State: 44, Zone: 3}},                                             // NM:America/Denver TX:America/Denver
	{{State: 32, Zone: 3}, {State: 44, Zone: 2}},                                             // NM:America/Denver TX:America/Chicago
	{{State: 29, Zone: 5}, {State: 5, Zone: 5}},                                              // NV:America/Los_Angeles CA:America/Los_Angeles
	{{State: 55, Zone: 15}},                                                                  // AS:Pacific/Pago_Pago
	{{State: 38, Zone: 5}, {State: 5, Zone: 5}},                                              // OR:America/Los_Angeles CA:America/Los_Angeles
	{{State: 38, Zone: 5}, {State: 38, Zone: 10}, {State: 13, Zone: 10}},                     // OR:America/Los_Angeles OR:America/Boise ID:America/Boise
	{{State: 48, Zone: 5}, {State: 38, Zone: 5}},                                             // WA:America/Los_Angeles OR:America/Los_Angeles
	{{State: 2, Zone: 6}, {State: 2, Zone: 7}, {State: 2, Zone: 33}, {State: 2, Zone: 34}, {State: 2, Zone: 30}, {State: 2, Zone: 31}, {State: 2, Zone: 32}}, // AK:America/Anchorage AK:America/Adak AK:America/Yakutat AK:America/Nome AK:America/Juneau AK:America/Sitka AK:America/Metlakatla
	{{State: 10, Zone: 1}, {State: 10, Zone: 2}},                        // FL:America/New_York FL:America/Chicago
	{{State: 18, Zone: 24}, {State: 18, Zone: 2}, {State: 18, Zone: 1}}, // KY:America/Kentucky/Louisville KY:America/Chicago KY:America/New_York
	{{State: 43, Zone: 2}, {State: 43, Zone: 1}},                        // TN:America/Chicago TN:America/New_York
	{{State: 44, Zone: 2}, {State: 44, Zone: 3}},                        // TX:America/Chicago TX:America/Denver
	{{State: 54, Zone: 13}},                                             // GU:Pacific/Guam
	{{State: 56, Zone: 14}},                                             // MP:Pacific/Saipan
}

// By three-digit prefix, twenty on a line.
var zipPrefixes = [1000]uint8{
	0, 0, 0, 0, 0, 1, 2, 2, 3, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
	4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7,
	7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 4, 8, 8, 8, 8,
	9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
	10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11,
	11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11,
	11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 12, 12, 12,
	13, 14, 13, 13, 13, 13, 15, 15, 15, 15, 15, 15, 15, 0, 15, 15, 15, 15, 15, 15,
	14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14,
	14, 14, 14, 14, 14, 14, 14, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 0, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17,
	17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18,
	19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19, 19,
	20, 20, 20, 20, 21, 22, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20,
	0, 20, 20, 0, 20, 0, 20, 20, 0, 20, 23, 23, 23, 0, 23, 23, 23, 23, 23, 23,
	23, 23, 23, 23, 23, 23, 23, 23, 24, 23, 25, 25, 25, 26, 27, 25, 27, 26, 27, 27,
	25, 25, 25, 25, 25, 25, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 19, 19,
	29, 30, 29, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 0,
	32, 32, 32, 32, 32, 31, 33, 33, 0, 0, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34,
	34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34,
	35, 35, 35, 36, 36, 37, 35, 35, 35, 37, 35, 35, 35, 35, 35, 37, 38, 36, 35, 37,
	39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 40, 40,
	41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 41, 0, 0, 0,
	41, 41, 41, 41, 41, 41, 41, 41, 41, 0, 42, 42, 42, 0, 42, 42, 0, 42, 42, 42,
	42, 42, 42, 42, 42, 42, 42, 42, 42, 42, 43, 43, 0, 43, 43, 43, 43, 43, 43, 43,
	43, 43, 43, 43, 43, 43, 43, 43, 0, 13, 44, 44, 44, 44, 44, 45, 45, 46, 0, 0,
	47, 47, 47, 47, 47, 48, 49, 48, 48, 0, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50,
	51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51, 51,
	51, 0, 51, 51, 51, 51, 51, 51, 51, 51, 52, 52, 0, 52, 52, 52, 52, 52, 52, 52,
	52, 52, 0, 0, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 0,
	53, 53, 53, 0, 53, 53, 53, 53, 53, 53, 53, 53, 53, 53, 53, 53, 53, 54, 54, 53,
	55, 55, 0, 55, 55, 55, 55, 55, 55, 55, 56, 56, 56, 57, 0, 0, 0, 0, 0, 0,
	58, 58, 0, 58, 58, 58, 58, 58, 58, 0, 58, 58, 58, 58, 58, 0, 59, 59, 59, 59,
	59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 60, 60, 0, 61, 60, 60, 60, 60, 60, 60,
	60, 60, 0, 60, 60, 60, 60, 60, 60, 60, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61,
	61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 0, 61, 61, 61, 61, 61, 61, 61, 61,
	61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 61, 62, 63,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 66, 66, 66, 67, 66, 66, 68, 0,
	69, 69, 69, 69, 69, 69, 69, 69, 0, 0, 70, 70, 70, 70, 0, 70, 70, 70, 0, 70,
	71, 0, 0, 70, 70, 71, 0, 0, 0, 0, 72, 72, 0, 72, 72, 72, 72, 72, 72, 72,
	72, 72, 72, 72, 72, 63, 0, 0, 0, 73, 73, 73, 0, 73, 73, 73, 0, 73, 74, 0,
	75, 75, 75, 75, 75, 75, 75, 75, 75, 0, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75,
	75, 75, 75, 75, 75, 75, 75, 75, 75, 0, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75,
	75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75, 75,
	75, 75, 0, 0, 0, 0, 0, 76, 76, 77, 78, 78, 78, 78, 78, 78, 78, 78, 78, 79,
	80, 80, 80, 80, 80, 80, 80, 0, 80, 80, 80, 80, 80, 80, 80, 81, 82, 83, 84, 85,
}

// In ascending order.
var zipSpans = [...]zipSpan{
	{3579, 3579, 86},
	{6390, 6390, 1},
	{20135, 20135, 87},
	{20588, 20588, 88},
	{20598, 20598, 89},
	{31905, 31905, 90},
	{37317, 37317, 91},
	{38079, 38079, 92},
	{42223, 42223, 93},
	{51360, 51360, 94},
	{51640, 51640, 95},
	{52542, 52542, 95},
	{52573, 52573, 95},
	{52626, 52626, 95},
	{56129, 56129, 96},
	{56136, 56136, 97},
	{56144, 56144, 97},
	{56164, 56164, 97},
	{56219, 56219, 97},
	{57026, 57026, 98},
	{57030, 57030, 98},
	{57068, 57068, 98},
	{57638, 57638, 99},
	{57641, 57641, 100},
	{57642, 57642, 100},
	{57645, 57645, 99},
	{57648, 57648, 101},
	{57660, 57660, 99},
	{57717, 57717, 102},
	{57724, 57724, 103},
	{58043, 58043, 104},
	{58225, 58225, 105},
	{58413, 58413, 104},
	{58436, 58436, 104},
	{58439, 58439, 104},
	{58568, 58568, 106},
	{58623, 58623, 107},
	{58649, 58649, 107},
	{58653, 58653, 107},
	{59221, 59221, 108},
	{59270, 59270, 108},
	{59847, 59847, 109},
	{63673, 63673, 110},
	{66541, 66541, 111},
	{67950, 67950, 112},
	{68978, 68978, 113},
	{69201, 69201, 114},
	{71749, 71749, 115},
	{73949, 73949, 116},
	{73960, 73960, 116},
	{80758, 80758, 117},
	{81137, 81137, 118},
	{82063, 82063, 119},
	{82701, 82701, 120},
	{82801, 82801, 121},
	{82930, 82930, 122},
	{83120, 83120, 123},
	{83312, 83312, 124},
	{83342, 83342, 124},
	{83414, 83414, 65},
	{83671, 83671, 125},
	{84034, 84034, 126},
	{84536, 84536, 127},
	{86044, 86044, 128},
	{86514, 86514, 129},
	{86515, 86515, 130},
	{87328, 87328, 131},
	{88063, 88063, 132},
	{88430, 88430, 133},
	{89010, 89010, 134},
	{89061, 89061, 134},
	{89439, 89439, 134},
	{96799, 96799, 135},
	{96939, 96944, 0},
	{96960, 96960, 0},
	{96970, 96970, 0},
	{97635, 97635, 136},
	{97910, 97910, 137},
	{97913, 97913, 137},
	{99362, 99362, 138},
}

var withinSets = [NumStates]uint8{
	1:  24,  // AL
	2:  139, // AK
	3:  71,  // AZ
	4:  59,  // AR
	5:  75,  // CA
	6:  64,  // CO
	7:  9,   // CT
	8:  12,  // DE
	9:  13,  // DC
	10: 140, // FL
	11: 19,  // GA
	12: 76,  // HI
	13: 125, // ID
	14: 51,  // IL
	15: 37,  // IN
	16: 41,  // IA
	17: 54,  // KS
	18: 141, // KY
	19: 58,  // LA
	20: 7,   // ME
	21: 15,  // MD
	22: 4,   // MA
	23: 40,  // MI
	24: 43,  // MN
	25: 28,  // MS
	26: 52,  // MO
	27: 50,  // MT
	28: 56,  // NE
	29: 74,  // NV
	30: 6,   // NH
	31: 10,  // NJ
	32: 72,  // NM
	33: 1,   // NY
	34: 17,  // NC
	35: 48,  // ND
	36: 34,  // OH
	37: 60,  // OK
	38: 79,  // OR
	39: 11,  // PA
	40: 5,   // RI
	41: 18,  // SC
	42: 45,  // SD
	43: 142, // TN
	44: 143, // TX
	45: 69,  // UT
	46: 8,   // VT
	47: 14,  // VA
	48: 80,  // WA
	49: 16,  // WV
	50: 42,  // WI
	51: 65,  // WY
	52: 2,   // PR
	53: 3,   // VI
	54: 144, // GU
	55: 135, // AS
	56: 145, // MP
}
