// Code generated from data/areacodes.txt by core/nanp/gen; DO NOT EDIT.

package nanp

import "github.com/jobfluss/nexo/core/place"

var sets = [...][]place.Place{
	nil,
	{{State: 31, Zone: 1}},  // NJ:America/New_York
	{{State: 9, Zone: 1}},   // DC:America/New_York
	{{State: 7, Zone: 1}},   // CT:America/New_York
	{{State: 59, Zone: 36}}, // MB:America/Winnipeg
	{{State: 1, Zone: 2}},   // AL:America/Chicago
	{{State: 48, Zone: 5}},  // WA:America/Los_Angeles
	{{State: 20, Zone: 1}},  // ME:America/New_York
	{{State: 13, Zone: 10}, {State: 13, Zone: 5}}, // ID:America/Boise ID:America/Los_Angeles
	{{State: 5, Zone: 5}},                         // CA:America/Los_Angeles
	{{State: 44, Zone: 2}},                        // TX:America/Chicago
	{{State: 33, Zone: 1}},                        // NY:America/New_York
	{{State: 39, Zone: 1}},                        // PA:America/New_York
	{{State: 36, Zone: 1}},                        // OH:America/New_York
	{{State: 14, Zone: 2}},                        // IL:America/Chicago
	{{State: 24, Zone: 2}},                        // MN:America/Chicago
	{{State: 15, Zone: 2}, {State: 15, Zone: 16}}, // IN:America/Chicago IN:America/Indiana/Indianapolis
	{{State: 19, Zone: 2}},                        // LA:America/Chicago
	{{State: 65, Zone: 35}},                       // ON:America/Toronto
	{{State: 21, Zone: 1}},                        // MD:America/New_York
	{{State: 25, Zone: 2}},                        // MS:America/Chicago
	{{State: 11, Zone: 1}},                        // GA:America/New_York
	{{State: 23, Zone: 9}},                        // MI:America/Detroit
	{{State: 26, Zone: 2}},                        // MO:America/Chicago
	{{State: 58, Zone: 39}, {State: 58, Zone: 38}, {State: 58, Zone: 53}, {State: 58, Zone: 54}, {State: 58, Zone: 55}}, // BC:America/Vancouver BC:America/Edmonton BC:America/Dawson_Creek BC:America/Fort_Nelson BC:America/Creston
	{{State: 10, Zone: 1}},                       // FL:America/New_York
	{{State: 72, Zone: 62}},                      // BHS:America/Nassau
	{{State: 73, Zone: 63}},                      // BRB:America/Barbados
	{{State: 34, Zone: 1}},                       // NC:America/New_York
	{{State: 15, Zone: 16}},                      // IN:America/Indiana/Indianapolis
	{{State: 50, Zone: 2}},                       // WI:America/Chicago
	{{State: 67, Zone: 35}},                      // QC:America/Toronto
	{{State: 70, Zone: 60}},                      // AIA:America/Anguilla
	{{State: 71, Zone: 61}},                      // ATG:America/Antigua
	{{State: 18, Zone: 2}, {State: 18, Zone: 1}}, // KY:America/Chicago KY:America/New_York
	{{State: 47, Zone: 1}},                       // VA:America/New_York
	{{State: 75, Zone: 65}},                      // VGB:America/Tortola
	{{State: 8, Zone: 1}},                        // DE:America/New_York
	{{State: 6, Zone: 3}},                        // CO:America/Denver
	{{State: 49, Zone: 1}},                       // WV:America/New_York
	{{State: 68, Zone: 37}, {State: 68, Zone: 38}, {State: 68, Zone: 36}}, // SK:America/Regina SK:America/Edmonton SK:America/Winnipeg
	{{State: 51, Zone: 3}},                       // WY:America/Denver
	{{State: 28, Zone: 2}, {State: 28, Zone: 3}}, // NE:America/Chicago NE:America/Denver
	{{State: 17, Zone: 2}},                       // KS:America/Chicago
	{{State: 16, Zone: 2}},                       // IA:America/Chicago
	{{State: 4, Zone: 2}},                        // AR:America/Chicago
	{{State: 1, Zone: 2}, {State: 1, Zone: 1}},   // AL:America/Chicago AL:America/New_York
	{{State: 22, Zone: 1}},                       // MA:America/New_York
	{{State: 53, Zone: 12}},                      // VI:America/St_Thomas
	{{State: 76, Zone: 66}},                      // CYM:America/Cayman
	{{State: 67, Zone: 35}, {State: 67, Zone: 40}, {State: 67, Zone: 45}}, // QC:America/Toronto QC:America/Halifax QC:America/Blanc-Sablon
	{{State: 57, Zone: 38}},                        // AB:America/Edmonton
	{{State: 45, Zone: 3}},                         // UT:America/Denver
	{{State: 40, Zone: 1}},                         // RI:America/New_York
	{{State: 28, Zone: 2}},                         // NE:America/Chicago
	{{State: 37, Zone: 2}},                         // OK:America/Chicago
	{{State: 27, Zone: 3}},                         // MT:America/Denver
	{{State: 43, Zone: 1}, {State: 43, Zone: 2}},   // TN:America/New_York TN:America/Chicago
	{{State: 60, Zone: 42}},                        // NB:America/Moncton
	{{State: 44, Zone: 2}, {State: 44, Zone: 3}},   // TX:America/Chicago TX:America/Denver
	{{State: 74, Zone: 64}},                        // BMU:Atlantic/Bermuda
	{{State: 10, Zone: 1}, {State: 10, Zone: 2}},   // FL:America/New_York FL:America/Chicago
	{{State: 38, Zone: 5}, {State: 38, Zone: 10}},  // OR:America/Los_Angeles OR:America/Boise
	{{State: 79, Zone: 69}},                        // GRD:America/Grenada
	{{State: 3, Zone: 4}},                          // AZ:America/Phoenix
	{{State: 18, Zone: 24}},                        // KY:America/Kentucky/Louisville
	{{State: 38, Zone: 5}},                         // OR:America/Los_Angeles
	{{State: 32, Zone: 3}},                         // NM:America/Denver
	{{State: 15, Zone: 16}, {State: 15, Zone: 2}},  // IN:America/Indiana/Indianapolis IN:America/Chicago
	{{State: 30, Zone: 1}},                         // NH:America/New_York
	{{State: 58, Zone: 39}},                        // BC:America/Vancouver
	{{State: 42, Zone: 2}, {State: 42, Zone: 3}},   // SD:America/Chicago SD:America/Denver
	{{State: 18, Zone: 1}, {State: 18, Zone: 2}},   // KY:America/New_York KY:America/Chicago
	{{State: 43, Zone: 2}},                         // TN:America/Chicago
	{{State: 17, Zone: 2}, {State: 17, Zone: 3}},   // KS:America/Chicago KS:America/Denver
	{{State: 87, Zone: 77}},                        // TCA:America/Grand_Turk
	{{State: 80, Zone: 70}},                        // JAM:America/Jamaica
	{{State: 81, Zone: 71}},                        // MSR:America/Montserrat
	{{State: 56, Zone: 14}},                        // MP:Pacific/Saipan
	{{State: 54, Zone: 13}},                        // GU:Pacific/Guam
	{{State: 55, Zone: 15}},                        // AS:Pacific/Pago_Pago
	{{State: 35, Zone: 2}, {State: 35, Zone: 3}},   // ND:America/Chicago ND:America/Denver
	{{State: 29, Zone: 5}},                         // NV:America/Los_Angeles
	{{State: 61, Zone: 41}, {State: 61, Zone: 44}}, // NL:America/St_Johns NL:America/Goose_Bay
	{{State: 85, Zone: 75}},                        // SXM:America/Lower_Princes
	{{State: 83, Zone: 73}},                        // LCA:America/St_Lucia
	{{State: 77, Zone: 67}},                        // DMA:America/Dominica
	{{State: 29, Zone: 5}, {State: 29, Zone: 3}},   // NV:America/Los_Angeles NV:America/Denver
	{{State: 62, Zone: 40}, {State: 66, Zone: 40}}, // NS:America/Halifax PE:America/Halifax
	{{State: 84, Zone: 74}},                        // VCT:America/St_Vincent
	{{State: 52, Zone: 11}},                        // PR:America/Puerto_Rico
	{{State: 46, Zone: 1}},                         // VT:America/New_York
	{{State: 41, Zone: 1}},                         // SC:America/New_York
	{{State: 65, Zone: 35}, {State: 65, Zone: 36}, {State: 65, Zone: 57}}, // ON:America/Toronto ON:America/Winnipeg ON:America/Atikokan
	{{State: 12, Zone: 8}},  // HI:Pacific/Honolulu
	{{State: 78, Zone: 68}}, // DOM:America/Santo_Domingo
	{{State: 18, Zone: 1}},  // KY:America/New_York
	{{State: 43, Zone: 1}},  // TN:America/New_York
	{{State: 69, Zone: 51}, {State: 69, Zone: 52}, {State: 63, Zone: 38}, {State: 63, Zone: 50}, {State: 64, Zone: 46}, {State: 64, Zone: 47}, {State: 64, Zone: 48}, {State: 64, Zone: 49}}, // YT:America/Whitehorse YT:America/Dawson NT:America/Edmonton NT:America/Inuvik NU:America/Iqaluit NU:America/Rankin_Inlet NU:America/Resolute NU:America/Cambridge_Bay
	{{State: 86, Zone: 76}},                       // TTO:America/Port_of_Spain
	{{State: 82, Zone: 72}},                       // KNA:America/St_Kitts
	{{State: 23, Zone: 9}, {State: 23, Zone: 26}}, // MI:America/Detroit MI:America/Menominee
	{{State: 2, Zone: 6}, {State: 2, Zone: 30}, {State: 2, Zone: 31}, {State: 2, Zone: 32}, {State: 2, Zone: 33}, {State: 2, Zone: 34}, {State: 2, Zone: 7}}, // AK:America/Anchorage AK:America/Juneau AK:America/Sitka AK:America/Metlakatla AK:America/Yakutat AK:America/Nome AK:America/Adak
	{{State: 44, Zone: 3}},                     // TX:America/Denver
	{{State: 3, Zone: 4}, {State: 3, Zone: 3}}, // AZ:America/Phoenix AZ:America/Denver
}

// Kind and set by area code less 200; {0, 0} is not assigned.
var table = [800]entry{
	{0, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {1, 8}, {1, 9}, // 200-209
	{1, 10}, {0, 0}, {1, 11}, {1, 9}, {1, 10}, {1, 12}, {1, 13}, {1, 14}, {1, 15}, {1, 16}, // 210-219
	{1, 13}, {0, 0}, {0, 0}, {1, 12}, {1, 14}, {1, 17}, {1, 18}, {1, 19}, {1, 20}, {1, 21}, // 220-229
	{0, 0}, {1, 22}, {0, 0}, {0, 0}, {1, 13}, {1, 23}, {1, 24}, {0, 0}, {0, 0}, {1, 25}, // 230-239
	{1, 19}, {0, 0}, {1, 26}, {0, 0}, {0, 0}, {0, 0}, {1, 27}, {0, 0}, {1, 22}, {1, 18}, // 240-249
	{1, 24}, {1, 5}, {1, 28}, {1, 6}, {1, 10}, {0, 0}, {1, 5}, {1, 24}, {0, 0}, {0, 0}, // 250-259
	{1, 29}, {0, 0}, {1, 30}, {1, 31}, {1, 32}, {0, 0}, {0, 0}, {1, 12}, {1, 33}, {1, 22}, // 260-269
	{1, 34}, {0, 0}, {1, 12}, {0, 0}, {1, 30}, {0, 0}, {1, 35}, {0, 0}, {0, 0}, {1, 9}, // 270-279
	{0, 0}, {1, 10}, {0, 0}, {1, 13}, {1, 36}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 18}, // 280-289
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 290-299
	{0, 0}, {1, 19}, {1, 37}, {1, 38}, {1, 39}, {1, 25}, {1, 40}, {1, 41}, {1, 42}, {1, 14}, // 300-309
	{1, 9}, {0, 0}, {1, 14}, {1, 22}, {1, 23}, {1, 11}, {1, 43}, {1, 29}, {1, 17}, {1, 44}, // 310-319
	{1, 15}, {1, 25}, {0, 0}, {1, 9}, {1, 25}, {1, 10}, {1, 13}, {1, 45}, {0, 0}, {1, 11}, // 320-329
	{1, 13}, {1, 14}, {1, 11}, {0, 0}, {1, 46}, {0, 0}, {1, 28}, {1, 17}, {0, 0}, {1, 47}, // 330-339
	{1, 48}, {1, 9}, {0, 0}, {1, 18}, {0, 0}, {1, 49}, {1, 10}, {1, 11}, {0, 0}, {0, 0}, // 340-349
	{1, 9}, {1, 47}, {1, 25}, {1, 30}, {1, 31}, {0, 0}, {0, 0}, {1, 9}, {0, 0}, {0, 0}, // 350-359
	{1, 6}, {1, 10}, {0, 0}, {1, 11}, {1, 34}, {1, 18}, {0, 0}, {1, 50}, {1, 51}, {1, 9}, // 360-369
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 370-379
	{1, 13}, {0, 0}, {1, 18}, {0, 0}, {0, 0}, {1, 52}, {1, 25}, {0, 0}, {0, 0}, {0, 0}, // 380-389
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 390-399
	{0, 0}, {1, 53}, {1, 54}, {1, 51}, {1, 21}, {1, 55}, {1, 56}, {1, 25}, {1, 9}, {1, 10}, // 400-409
	{1, 19}, {0, 0}, {1, 12}, {1, 47}, {1, 30}, {1, 9}, {1, 18}, {1, 23}, {1, 50}, {1, 13}, // 410-419
	{0, 0}, {0, 0}, {0, 0}, {1, 57}, {1, 9}, {1, 6}, {0, 0}, {0, 0}, {1, 58}, {0, 0}, // 420-429
	{1, 10}, {1, 4}, {1, 59}, {0, 0}, {1, 35}, {1, 52}, {1, 13}, {1, 18}, {1, 31}, {0, 0}, // 430-439
	{1, 13}, {1, 60}, {1, 9}, {1, 19}, {0, 0}, {1, 12}, {0, 0}, {1, 14}, {1, 61}, {0, 0}, // 440-449
	{1, 31}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 17}, {1, 62}, {0, 0}, // 450-459
	{0, 0}, {0, 0}, {0, 0}, {1, 29}, {1, 14}, {1, 11}, {0, 0}, {0, 0}, {1, 31}, {1, 10}, // 460-469
	{1, 21}, {1, 20}, {1, 28}, {1, 63}, {1, 40}, {1, 3}, {0, 0}, {0, 0}, {1, 21}, {1, 45}, // 470-479
	{1, 64}, {0, 0}, {0, 0}, {1, 46}, {1, 12}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 480-489
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 490-499
	{4, 0}, {1, 45}, {1, 65}, {1, 66}, {1, 17}, {1, 67}, {1, 58}, {1, 15}, {1, 47}, {1, 6}, // 500-509
	{1, 9}, {0, 0}, {1, 10}, {1, 13}, {1, 31}, {1, 44}, {1, 11}, {1, 22}, {1, 11}, {1, 18}, // 510-519
	{1, 64}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, {4, 0}, // 520-529
	{1, 9}, {1, 54}, {4, 0}, {4, 0}, {1, 30}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 55}, // 530-539
	{1, 35}, {1, 62}, {0, 0}, {0, 0}, {4, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 18}, {0, 0}, // 540-549
	{0, 0}, {1, 1}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 23}, {0, 0}, {1, 9}, // 550-559
	{0, 0}, {1, 25}, {1, 9}, {1, 44}, {1, 6}, {1, 21}, {4, 0}, {1, 13}, {0, 0}, {0, 0}, // 560-569
	{1, 12}, {1, 35}, {1, 55}, {1, 23}, {1, 68}, {1, 67}, {0, 0}, {4, 0}, {0, 0}, {1, 31}, // 570-579
	{1, 55}, {1, 50}, {1, 12}, {0, 0}, {1, 4}, {1, 11}, {1, 22}, {1, 51}, {4, 0}, {0, 0}, // 580-589
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 590-599
	{4, 0}, {1, 20}, {1, 64}, {1, 69}, {1, 70}, {1, 71}, {1, 72}, {1, 11}, {1, 30}, {1, 1}, // 600-609
	{1, 12}, {0, 0}, {1, 15}, {1, 18}, {1, 13}, {1, 73}, {1, 22}, {1, 47}, {1, 14}, {1, 9}, // 610-619
	{1, 74}, {1, 10}, {4, 0}, {1, 64}, {1, 11}, {0, 0}, {1, 9}, {0, 0}, {1, 9}, {1, 73}, // 620-629
	{1, 14}, {1, 11}, {0, 0}, {4, 0}, {0, 0}, {0, 0}, {1, 23}, {0, 0}, {0, 0}, {1, 40}, // 630-639
	{1, 1}, {1, 44}, {0, 0}, {0, 0}, {4, 0}, {1, 25}, {1, 11}, {1, 18}, {0, 0}, {1, 75}, // 640-649
	{1, 9}, {1, 15}, {0, 0}, {0, 0}, {0, 0}, {4, 0}, {1, 25}, {1, 9}, {1, 76}, {1, 5}, // 650-659
	{1, 23}, {1, 9}, {1, 20}, {0, 0}, {1, 77}, {0, 0}, {0, 0}, {1, 19}, {0, 0}, {1, 9}, // 660-669
	{1, 78}, {1, 79}, {1, 24}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {4, 0}, {1, 21}, {1, 22}, // 670-679
	{1, 11}, {1, 39}, {1, 10}, {1, 18}, {1, 80}, {0, 0}, {1, 35}, {0, 0}, {4, 0}, {1, 25}, // 680-689
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 690-699
	{4, 0}, {1, 81}, {1, 82}, {1, 35}, {1, 28}, {1, 18}, {1, 21}, {1, 9}, {1, 14}, {1, 83}, // 700-709
	{4, 0}, {0, 0}, {1, 44}, {1, 10}, {1, 9}, {1, 30}, {1, 11}, {1, 12}, {1, 11}, {1, 38}, // 710-719
	{1, 38}, {1, 84}, {0, 0}, {0, 0}, {1, 12}, {1, 82}, {1, 10}, {1, 25}, {1, 25}, {1, 57}, // 720-729
	{1, 14}, {1, 73}, {1, 1}, {0, 0}, {1, 22}, {0, 0}, {0, 0}, {1, 10}, {1, 9}, {0, 0}, // 730-739
	{1, 13}, {0, 0}, {1, 18}, {1, 28}, {0, 0}, {0, 0}, {0, 0}, {1, 9}, {1, 38}, {0, 0}, // 740-749
	{0, 0}, {0, 0}, {0, 0}, {1, 18}, {1, 25}, {0, 0}, {0, 0}, {1, 35}, {1, 85}, {0, 0}, // 750-759
	{1, 9}, {0, 0}, {1, 21}, {1, 15}, {0, 0}, {1, 29}, {0, 0}, {1, 86}, {0, 0}, {1, 20}, // 760-769
	{1, 21}, {1, 2}, {1, 25}, {1, 14}, {1, 47}, {1, 87}, {0, 0}, {0, 0}, {1, 24}, {1, 14}, // 770-779
	{1, 51}, {1, 47}, {1, 88}, {0, 0}, {1, 89}, {1, 74}, {1, 25}, {1, 90}, {0, 0}, {0, 0}, // 780-789
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 790-799
	{2, 0}, {1, 52}, {1, 91}, {1, 92}, {1, 35}, {1, 9}, {1, 10}, {1, 93}, {1, 94}, {1, 95}, // 800-809
	{1, 22}, {0, 0}, {1, 68}, {1, 25}, {1, 12}, {1, 14}, {1, 23}, {1, 10}, {1, 9}, {1, 31}, // 810-819
	{1, 9}, {1, 92}, {0, 0}, {0, 0}, {0, 0}, {1, 51}, {1, 35}, {0, 0}, {1, 28}, {1, 95}, // 820-829
	{1, 10}, {1, 9}, {1, 10}, {2, 0}, {0, 0}, {1, 12}, {0, 0}, {1, 9}, {1, 11}, {1, 92}, // 830-839
	{1, 9}, {0, 0}, {0, 0}, {1, 92}, {2, 0}, {1, 11}, {0, 0}, {1, 14}, {1, 1}, {1, 95}, // 840-849
	{1, 61}, {0, 0}, {0, 0}, {0, 0}, {1, 92}, {2, 0}, {1, 1}, {1, 47}, {1, 9}, {1, 96}, // 850-859
	{1, 3}, {1, 14}, {1, 1}, {1, 25}, {1, 92}, {1, 97}, {2, 0}, {1, 98}, {1, 99}, {1, 100}, // 860-869
	{1, 45}, {0, 0}, {1, 14}, {1, 31}, {0, 0}, {0, 0}, {1, 76}, {2, 0}, {1, 12}, {1, 83}, // 870-879
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {2, 0}, {0, 0}, // 880-889
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 890-899
	{3, 0}, {1, 73}, {1, 88}, {1, 10}, {1, 25}, {1, 18}, {1, 101}, {1, 102}, {1, 1}, {1, 9}, // 900-909
	{1, 28}, {0, 0}, {1, 21}, {1, 43}, {1, 11}, {1, 103}, {1, 9}, {1, 11}, {1, 55}, {1, 28}, // 910-919
	{1, 30}, {0, 0}, {0, 0}, {0, 0}, {1, 15}, {1, 9}, {0, 0}, {0, 0}, {1, 104}, {1, 11}, // 920-929
	{1, 68}, {1, 73}, {0, 0}, {0, 0}, {1, 11}, {0, 0}, {1, 10}, {1, 13}, {1, 5}, {1, 90}, // 930-939
	{1, 10}, {1, 25}, {1, 18}, {1, 21}, {0, 0}, {1, 10}, {0, 0}, {1, 22}, {1, 35}, {1, 9}, // 940-949
	{0, 0}, {1, 9}, {1, 15}, {0, 0}, {1, 25}, {0, 0}, {1, 10}, {0, 0}, {0, 0}, {1, 3}, // 950-959
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 960-969
	{1, 38}, {1, 66}, {1, 10}, {1, 1}, {0, 0}, {1, 23}, {0, 0}, {0, 0}, {1, 47}, {1, 10}, // 970-979
	{1, 28}, {0, 0}, {0, 0}, {1, 38}, {1, 28}, {1, 17}, {1, 8}, {0, 0}, {0, 0}, {1, 22}, // 980-989
	{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, // 990-999
}
