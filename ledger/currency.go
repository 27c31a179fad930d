package ledger

import "strings"

// Currency is a code of ISO 4217, in capitals.
type Currency string

// currencyDigits holds the minor digits of every currency of ISO 4217 that is in
// use as money.
var currencyDigits = func() map[Currency]int32 {
	digits := map[Currency]int32{}
	for n, codes := range map[int32]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN " +
			"BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD " +
			"FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW " +
			"KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR " +
			"MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG " +
			"SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD " +
			"USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	} {
		for _, code := range strings.Fields(codes) {
			digits[Currency(code)] = n
		}
	}
	return digits
}()

// Digits returns how many decimals the currency's minor unit has (EUR 2, JPY 0,
// KWD 3) and whether the currency is known.
func (c Currency) Digits() (digits int32, known bool) {
	digits, known = currencyDigits[c]
	return digits, known
}
