// Made by `npm run kernel` (scripts/literal-pieces.ts).

/** For literals of either case and of exact letters: the pieces of each bucket. */
// biome-ignore format: a line a bucket
export const PIECE_TABLE: readonly (readonly (readonly string[])[])[] = [
  [
    ["@es-","@es.","\\/\\/","\\\\/\\","e://","ect.","est.","estr","et%2","id%3","int_","iv%2","iv%3","iv\\\"","iv\\\\","jwt_","mssq","mysq","oks.","ontr","pass","sess","set/","ssws","t://","tls'","tls=","x://"],
    ["%242","%245","%24a","%24h","%24p","%252","%253","%254","%25b","%2ba","%2fe","%3a%","%3aa","%3as","%3cp","%401","%40a","%40b","%40d","%40e","%40g","%40i","%40l","%40p","%40r","%40s","%40w","%7bs","%b4","%b5","'000","sdkk","sid=","sig","sign","smtp","unio","unlo","visa"],
    ["-key",".asp",".key","//ap","//aw","//bo","//ci","//gi","//ro","//sv","//sy","amex","amo_","amoh","amqp","basi","bkey","conf","dax_","daxh","ddap","ddb_","ekey","ldap","lkey","logi","magi","mail","mari","mong","nabl","nkey","odb_"],
    ["\"htt","'htt","b_ke","bot+","code","com.","e_ke","ehtt","erke","htpa","n_ke","npm.","r:dy","s_ke","toke","ttp:"],
    [":fal","<pan","@bac","@pac","@pkg","@pro","@rab","@sea","@sen","@son","@web","@wik","aaaa","acco","amoe","apik","asan","ass:","asse","cc_n","couc","daxe","dben","dbho","disa","harb","hasl","hmac","jira","kiba","koa:","laun","orac"],
    ["-ecb","-uri","-url","_tok","admi","amou","ctor","curl","jenk","mpor","saml","secr","squi","ster","veri","vpce"],
    ["pan","pwd","rack","redi","reds","s%20","senh","skey","sqls","sslh","t%20","t%3a","tkey","use_","user","wach","x509","y%24"],
    ["-end",".api",".end",".uri",".url","as '","graf","inge","mand","nego","q%7e"],
    ["@api","@app","@dav","@dev","@doc","@dyn","@gat","@git","@loc","@sta","@svc","card","ccnu","cdn.","clic","cvc","cvv","data","ddb.","fast","ftp:","gged","iden","ifie","iles","int(","intu","inva","invi","ivat","kty%","kty\\","mave","mdp"],
    [" = f","\"000","\": f","_sdk","plai","pswd","s: f","to d","ttp "],
    ["@int","@pyp","@rep","airt","api_","app_","ass%","aws+","cryp","db:/","iv: ","iv=0","pres","prot","prox","ts:/"],
    ["+%27",".ses","//bu","//de","//re","1%24","6%24","ault","auth","esen","est:","ostg"],
    ["-hos",".hos","\\/ec","\\/re","hone","ken:","kenn","md5%","mont","neo4","nexu"],
    ["@10.","@127","@id.","_gh_","cons","eams","egis","elas","nflu","om:8","phps","pkix"],
    ["%5c%","256%","256_","@192","base","bear","daxu","dine","ense"],
    ["2f%2","bitb","cert","dbur","er_k","ervi","fern","mber","mirr","over"],
  ],
  [
    ["-us2","-us6","-us8","-us9","ess-","hvb.","hvr.","hvs.","k8s-","lsv2","ruby","v1.0"],
    ["ACCA","AKCp","AKIA","AzFu","CCIP","CFPA","FLWS","MD5}","MODE","SHA}","_liv","_tes","_v1_","pat-","pat_","pnu_","sgp_","shpp","shps","sqa_","sqp_","squ_","vca_","vci_","vck_","vcp_","xai-","xapp","xwfp"],
    ["-us1","-us3","-us7","dapi","disc","dt0c","key-","kty'","psca","pul-","pypi","shpc","sq0a","sq0c"],
    ["2BAC","2BAS","2bAC","2bAS","BBDC","Bot ","CLOJ","GOCS","LS0t","cfut","dp.p","dp.s","dt0s","ghp_","ghr_","ghs_","ghu_","glpt","glrt"],
    ["+ARm","-us4","-us5","4b1d","9d25","Stri","TlRM","da2-"],
    ["ABIA","ABSK","AIoT","APIM","AWS4","AzCa","AzSe","Cano","PRIV","SWMT","api_","gho_","glc_","glcb","glim","gloa","glsa","glso","make","pbkd","pk_1","pk_2","pk_4","pk_5","pk_6","sbp_","whse"],
    [".atl",".m.p","EAAA","EAAC","EAAM","EY-1","EZAK","EZTK","JQQJ","cmVm","cnvc","dG9r","dp.a","dp.c","fm1a","fm1r","sntr"],
    ["AQVN","ASIA","IQoJ","NRAK","NRII","p8e-","pplx","scry","sha1","sib-","tfp_","tvly","ya29"],
    ["$1$","$2a$","$2b$","$2x$","$2y$","$5$","$6$","$H$","$P$","$apr","$arg","$y$","+ABa","+ACR","+AEh","+ASb","+ASt"],
    ["2BAB","2BAE","2BAR","2bAB","2bAE","2bAR","NRJS","cfk_","fm2_","fo1_","gsk_","kty\"","kty%","kty\\","md5$","mzn.","nfp_","npm_","ntn_"],
    [":::","eyJ","glff","glft","pk_3","pk_7","pk_8","pk_9","r8_"],
    ["---B","1//0","7Q~","8Q~","9Q~",":AA","SG.","hf_","sk-","xoxa","xoxb","xoxc","xoxd","xoxe","xoxo","xoxp","xoxr","xoxs"],
    ["AIza","AZEG","YXdz","bkua","cfat","chat","figd","fio-","glag","gldt","ngo-"],
    ["GR13","HRKU","SSWS","TT3x","_mmk","pcsk","rdme","sb_s","vcr_"],
    ["A3-","ACDb","ATBB","AZDO","PMAK","PMAT","PuTT","oy2"],
    ["/ECB","256~","dckr","even","oks.","ook."],
  ],
];
