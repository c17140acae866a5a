// Made by `npm run kernel` (scripts/literal-pieces.ts).

/** For literals of either case and of exact letters: the pieces of each bucket. */
// biome-ignore format: a line a bucket
export const PIECE_TABLE: readonly (readonly (readonly string[])[])[] = [
  [
    ["%20-","%20p","%242","%245","%246","%24a","%24h","%24p","%252","%25b","%2b-","%2ba","%2fe","%2fr","%3a%","%3a+","%3as","%3d%","%7bs","%b4","%b5","sid%","sid=","skey","snmp","sslh","ster","unio","unix","unlo","use ","use+","use_","user"],
    ["+key","-ecb","-key",".key",":fal","adop","amex","amo_","amoh","bear","bkey","dben","dbho","ddap","ddb_","iden","kenn","ldap","logi","mach","magi","mber","mong","nabl","nego","nkey","nmcl","odb_"],
    [" -a "," pas","%3cp","%5c%","%5cu","+-a+","+pas","/rp ","/rp+","_pas","ass ","ass%","ass+","aws+","cqls","iv: ","iv\\\\","pass","psk ","psk+","pw\\\\","sess","sqlp"],
    ["\"htt","'htt","7z+e","7z+x",":pw=","aes2","airt","auth","azur","bitm","cert","cp%2","curl","dbur","disa","ehtt","er%2","et%2"],
    ["3aaa","://","@dyn","base","basi","bcp ","bcp+","bot+","cc_n","code","data","dax_","daxe","daxh","daxu","key-","koa:","mail","mdp","net ","net+"],
    ["+-pa","+on+","_tok","b_ke","clie","conf","cryp","dine","e_ke","er_k","erke","kty\\","n_ke","sdkk","toke","ttp ","ttp:"],
    [".ses","<pan","_sec","amoe","amou","apik","asan","ccnu","cons","hmac","hone","laun","om:8","ommu","open","orac","saml"],
    ["-cli","-ser","-uri",".api",".uri","p%20","p%2b","plai","psex","pw\" ","pw\":","pw%2","pw'%","pw':","pw\\\"","q%7e","s%20","senh","set/","sudo","t%20","tcp(","valu","veri"],
    [" = f","_pwd","card","hasl","impd","invi","iv%3","mari","on%2","pw\"=","pw%3","stri","th%2","tls=","ty%2"],
    ["\\/\\/","\\/ec","\\/re","cvv","e%20","e%2b","ervi","esen","iv=0","iv\\\"","jwt_","l%20","pres","psk","put-","pw=","pwd","sumo","x_fu","y%24"],
    ["256%","aes_","api_","app_","com.","init","int(","int_","intu","over"],
    [" a -"," on ","+a+-","7z x","\\\\/\\","_gh_","as '","mont","ord ","prot","rch-","root"],
    ["\"000","\": f","'000","_pat","_sdk","_sha","r:dy","rack","reds","rman","s: f","secr","spat","sqlc","sqll","to d","twin","x509"],
    ["+%27","-end","-sig","-std","-url",".end",".url","1%24","1%2f","d%2b","ect.","expd","fern","gged","ostg"],
    [" pw:","-pat","aaaa","acco","asse","bind","cano","cvc","fast","inge","inva","isak","ivat","mand","mssq","mysq","pan","pswd","rase","sig","sswd","ssws","visa","vpce","wach","wifi"],
    ["-hos",".asp",".hos","ddb.","eams","ekey","env%","env+","maes","md5%","phps","pkix","tkey","tls'","z e ","zip ","zip+"],
  ],
  [
    ["+ACR","/ECB","YXdz","gho_","ghp_","ghs_","k8s-","nfp_","ngo-","oks.","ook."],
    ["256~","NRII","PRIV","_liv","glff","mzn.","ruby","trin"],
    ["BBDC","Bot ","CFPA","MD5}","SHA}","_sk_","_tes","_v1_","p8e-","pat-","pat_","pnu_","sbp_","sgp_","sha1","shpc","shpp","shps","sq0a","sq0c","sqa_","sqp_","squ_","vca_","vck_","vcp_","xapp"],
    ["4b1d","dapi","disc","dose","dt0c","key-","kty%","kty'","make","pbkd","pul-","pypi"],
    ["-us1","-us3","-us7","-us8","TT3x","\\u00","dp.a","dp.c","dp.p","dp.s","dt0s","ess-","even","hvb.","hvr.","hvs."],
    ["-us2","-us4","-us5","-us6","-us9","PuTT","api_","glc_","gsk_","kty\"","kty\\","lsv2","npm_","ntn_","pk_2","pk_4","pk_5","pk_6","pk_9"],
    ["2BAC","2BAE","2BAS","2bAC","2bAE","2bAS","EZAK","EZTK","FLWS","LS0t","NRAK","NRJS","PMAK","PMAT","SSWS","STRI","UGFz","cfat","cfut","chat","gldt","glft","glpt","glrt","glwt","md5$","scry"],
    ["$2a$","$2b$","$2x$","$2y$","$apr","$arg","+ABa","ABIA","ACDb","ASIA","AZDO","Cano","EAAA","EAAC","JQQJ","sb_s","sntr","tfp_","vci_","vcr_"],
    ["TlRM","b3Jp","cmVm","cnvc","dckr","figd","fio-","pplx","sib-"],
    [" Key","+AEh","ACCA","AIza","AKCp","AKIA","AzCa","AzFu","AzSe","CCIP","ENV ","pcsk","psca","v1.0","xai-","xwfp"],
    ["$1$","$5$","$6$","$H$","$P$","$y$","+ARm","+ASb","+ASt","A3-","AIoT","AQ.A","AQVN","AWS4"],
    ["2BAB","2BAR","2bAB","2bAR","9d25","ABSK","APIM","ATBB","GOCS","GR13","HRKU","dG9r","fm1r","fm2_","fo1_","ghr_"],
    ["_mmk","bkua","fm1a","ghu_","glag","glcb","glim","gloa","glsa","glso","rdme","whse"],
    [" LOG",":::","CLOJ","cfk_","tvly"],
    ["---B",".atl",".m.p","1//0","7Q~","8Q~","9Q~",":AA","AZEG","EAAM","EY-1","MODE","SG.","SWMT","sk-","xoxa","xoxb","xoxc","xoxd","xoxe","xoxo","xoxp","xoxr","xoxs"],
    ["da2-","eyJ","hf_","oy2","pk_1","pk_3","pk_7","pk_8","r8_","ya29"],
  ],
];
